import type { Vulnerability } from "../../queries.ts";
import { Instant } from "../../ui/instant.tsx";
import { Section } from "../../ui/section.tsx";
import { StateShape } from "../../ui/state.tsx";
import { Unfold } from "../../ui/unfold.tsx";
import { sourceName } from "../../words/source-words.ts";

/** What happened, newest first. */
export function History({ vulnerability }: { readonly vulnerability: Vulnerability }) {
  const sources = new Map(vulnerability.statements.map(({ advisory, source }) => [advisory, sourceName(advisory, source)]));
  return (
    <Section title="History" note="Newest first.">
      <Unfold items={vulnerability.history} atFirst={12}>
        {(shown) => (
          <ol className="history">
            {shown.map(({ atMs, advisory, what }) => (
              <li key={`${atMs} ${advisory} ${what}`}>
                <span className="history-day">
                  <Instant ms={atMs} form="weekday" />
                </span>
                <span className="history-shape">
                  <StateShape kind="opened" />
                </span>
                <span className="history-what">
                  <strong>{sources.get(advisory) ?? advisory}</strong>: {what}
                  <code className="cell-second">{advisory}</code>
                </span>
              </li>
            ))}
          </ol>
        )}
      </Unfold>
    </Section>
  );
}
