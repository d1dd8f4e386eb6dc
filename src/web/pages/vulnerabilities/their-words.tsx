import { ChevronDown } from "lucide-react";
import { Button, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import { Link } from "react-router";
import type { Vulnerability } from "../../queries.ts";
import { Section } from "../../ui/section.tsx";
import { Unfold } from "../../ui/unfold.tsx";
import { vulnerabilityPath } from "../../words/search-target.ts";
import { sourceName } from "../../words/source-words.ts";
import { OutsideLink } from "./fixes.tsx";

/** What the sources write, as text, and where they point. */
export function TheirWords({ vulnerability }: { readonly vulnerability: Vulnerability }) {
  const { statements, upstream, related } = vulnerability;
  const told = statements.filter(({ details }) => details.trim() !== "");
  const references = [
    ...Map.groupBy(
      statements.flatMap((statement) => statement.references),
      ({ url }) => url,
    ).values(),
  ].flatMap((same) => same[0] ?? []);
  if (told.length + references.length + upstream.length + related.length === 0) return null;
  return (
    <Section title="In their words" note="Shown as text, as received.">
      {told.map(({ advisory, source, details }, index) => (
        <Disclosure key={advisory} className="their-words" defaultExpanded={index === 0}>
          <Heading level={3}>
            <Button slot="trigger" className="their-words-open">
              <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
              {sourceName(advisory, source)} <code className="their-words-id">{advisory}</code>
            </Button>
          </Heading>
          <DisclosurePanel>
            <p className="their-words-text">{details.trim()}</p>
          </DisclosurePanel>
        </Disclosure>
      ))}
      <OtherIds title="Derived from" ids={upstream} />
      <OtherIds title="Related, and kept apart" ids={related} />
      {references.length === 0 ? null : (
        <Disclosure className="their-words" defaultExpanded={told.length === 0}>
          <Heading level={3}>
            <Button slot="trigger" className="their-words-open">
              <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
              {references.length === 1 ? "1 reference" : `${references.length} references`}
            </Button>
          </Heading>
          <DisclosurePanel>
            <ul className="fix-links">
              {references.map(({ url, type }) => (
                <li key={url}>
                  <span className="note">{type.toLowerCase()}</span> <OutsideLink url={url} />
                </li>
              ))}
            </ul>
          </DisclosurePanel>
        </Disclosure>
      )}
    </Section>
  );
}

function OtherIds({ title, ids }: { readonly title: string; readonly ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <p className="other-ids">
      {title}:{" "}
      <Unfold items={ids} atFirst={12}>
        {(shown) =>
          shown.map((id) => (
            <Link key={id} to={vulnerabilityPath(id)}>
              <code>{id}</code>
            </Link>
          ))
        }
      </Unfold>
    </p>
  );
}
