import { CannotSay } from "../../ui/notice.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { amountText, occasionText, verdictShown } from "../../words/model-words.ts";
import { countText } from "../../words/count-text.ts";
import type { Model, Window } from "./model-queries.ts";
import { ProbeHistory } from "./probe-history.tsx";

/** Whether the model still answers as at opening, as far as probes can tell. */
export function SameModel({ model, window }: { readonly model: Model; readonly window: Window | undefined }) {
  const { probes } = model.terms;
  const probe = window?.newestProbe;
  const shown = probe === undefined ? undefined : verdictShown(probe.verdict);
  const probed = model.windows.filter(({ newestProbe }) => newestProbe !== undefined);
  // The window that the page is about comes first.
  const shownWindows = probed.toSorted((a, b) => Number(b.id === window?.id) - Number(a.id === window?.id));
  return (
    <Section title="Same model?" note="A change without notice marks every later result.">
      {probes === undefined ? (
        <CannotSay title="Cannot say: no probes are agreed">
          <p>
            The terms agree to no identity probes, so nobody can say here whether the model behind the window stays the same. The lab can
            offer it anew with probes, which it pays for.
          </p>
        </CannotSay>
      ) : probe === undefined || shown === undefined ? (
        <CannotSay title="Cannot say yet">
          <p>
            No probe has run in this window. The first run at opening asks each prompt several times, so that chance is not taken for
            another model. The gateway runs them by itself, within {countText(probes.callsPerDay, "call")} and{" "}
            {amountText(probes.tokensPerDay)} tokens a day.
          </p>
        </CannotSay>
      ) : probe.verdict === "cannot-say" ? (
        <CannotSay title="Cannot say">
          <p>
            The newest probe, {occasionText(probe.occasion)}, <Instant ms={probe.atMs} />: {shown.sentence} More calls a day, which the lab
            agrees to pay for, tell more; so does a model that answers the same prompt alike.
          </p>
        </CannotSay>
      ) : (
        <p>
          <State kind={shown.kind}>{shown.word}</State> {shown.sentence} Newest probe {occasionText(probe.occasion)},{" "}
          <Instant ms={probe.atMs} />. It rests on repeated answers at opening; a small part of such verdicts is chance.
        </p>
      )}
      {shownWindows.map((one) => (
        <ProbeHistory key={one.id} window={one} isNamed={shownWindows.length > 1 || one.id !== window?.id} />
      ))}
    </Section>
  );
}
