import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { Button, Disclosure, DisclosurePanel } from "react-aria-components";
import { MAX_DOCUMENT_BYTES } from "../../contract/endpoints/scans.ts";
import { formatsQuery } from "../queries.ts";
import { countText } from "../words/count-text.ts";
import { namesToShow } from "../words/format-names.ts";

/** What can be dropped: in a line, and one press away the server's own list. */
export function ReadableFormats() {
  const { data } = useQuery(formatsQuery);
  return (
    <div className="drop-document-formats note">
      <p>SBOMs, lockfiles of most package managers, and what dpkg or apk have installed. Up to {MAX_DOCUMENT_BYTES / 1024 / 1024} MB.</p>
      {data === undefined ? null : (
        <Disclosure>
          <Button slot="trigger" className="format-list-open">
            <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
            {countText(data.formats.length, "format")} by name
          </Button>
          <DisclosurePanel>
            <ul className="format-list">
              {data.formats.map(({ id, title, fileNames }) => (
                <li key={id}>
                  {title}
                  {namesToShow(title, fileNames).map((name) => (
                    <code key={name}>{name}</code>
                  ))}
                </li>
              ))}
            </ul>
          </DisclosurePanel>
        </Disclosure>
      )}
    </div>
  );
}
