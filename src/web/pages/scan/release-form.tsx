import { useState } from "react";
import { Form } from "react-aria-components";
import type { WireScanAnswer } from "../../../contract/schemas.ts";
import { TextInput } from "../../forms/text-input.tsx";
import { useScanDesk } from "../../scan/scan-desk.tsx";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";

/** Asks for the distribution and release of a list of installed packages that does not say them, and scans the file again with them. */
export function ReleaseForm({ answer, file }: { readonly answer: WireScanAnswer; readonly file: File | undefined }) {
  const { scanFile } = useScanDesk();
  const [release, setRelease] = useState("");
  const lacksRelease = answer.ecosystems.some(({ cannotSay }) => cannotSay === "no-release");
  if (!lacksRelease || file === undefined) return null;
  return (
    <Section title="Which system is it?" note="A list of installed packages does not say so, and without it none can be looked up.">
      <Form
        className="release-form"
        aria-label="Say which system it is"
        onSubmit={(event) => {
          event.preventDefault();
          if (release.trim() !== "") void scanFile(file, release.trim());
        }}
      >
        <TextInput
          label="Distribution and release"
          hint="Such as Debian:12, Ubuntu:22.04 or Alpine:v3.18"
          value={release}
          onChange={setRelease}
          isMono
        />
        <Button type="submit" look="main">
          Check again
        </Button>
      </Form>
    </Section>
  );
}
