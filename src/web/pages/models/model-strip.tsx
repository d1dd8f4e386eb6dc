import { TermsStrip } from "../../ui/marking-strip.tsx";
import { useSession } from "../../shell/session.ts";
import type { Model } from "./model-queries.ts";

const verdict = "Nothing on this page says a model may or may not be released.";

/** Under the top bar of every page about models: whose it is, and what nothing here says. */
export function ModelStrip({ model }: { readonly model?: Pick<Model, "side" | "lab"> }) {
  const session = useSession();
  const isLab = model === undefined ? session?.acting.kind === "lab" : model.side === "lab";
  if (isLab) {
    return (
      <TermsStrip label={model === undefined ? "Your models, your terms" : "Your model, your terms"} end={verdict}>
        {model === undefined ? "You offer them" : "You offered this"}. You can end it at any moment, without a reason.
      </TermsStrip>
    );
  }
  return (
    <TermsStrip label="The lab’s model, the lab’s terms" end={verdict}>
      {model?.lab.name ?? "Each lab"} offered it. It can end it at any moment, without a reason.
    </TermsStrip>
  );
}
