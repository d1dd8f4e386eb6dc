import { Link } from "react-router";
import type { Vulnerability } from "../../queries.ts";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { listText } from "../../words/count-text.ts";
import { packagePath } from "../../words/search-target.ts";
import { sourceName } from "../../words/source-words.ts";

type Patch = Vulnerability["patches"][number];

/** Fixed versions by package, then the changes in source. */
export function Fixes({ vulnerability }: { readonly vulnerability: Vulnerability }) {
  const { patches, kind } = vulnerability;
  const versions = Map.groupBy(
    patches.filter((patch) => patch.kind === "fixed-version"),
    ({ ecosystem = "", name = "" }) => `${ecosystem} ${name}`,
  );
  const changes = [
    ...Map.groupBy(
      patches.filter((patch) => patch.kind !== "fixed-version"),
      ({ value }) => value,
    ).values(),
  ].flatMap((same) => same[0] ?? []);
  return (
    <Section title="What fixes it" note="As the sources name it; a bound is not checked against the registry.">
      {versions.size + changes.length === 0 ? (
        <p>
          <State kind="no-fix">{kind === "malware" ? "Remove the package" : "No fix known"}</State>{" "}
          <span className="second">
            {kind === "malware"
              ? "It is the attack itself. Treat what it could read on a machine that ran it as known to strangers."
              : "No source names a fixed version or a change in source. A new statement changes this page."}
          </span>
        </p>
      ) : null}
      <ul className="fixes">
        {[...versions].map(([key, same]) => (
          <FixedVersions key={key} patches={same} vulnerability={vulnerability} />
        ))}
      </ul>
      {changes.length === 0 ? null : (
        <ul className="fix-links">
          {changes.map(({ value, kind: changeKind }) => (
            <li key={value}>
              <span className="note">{changeKind === "commit" ? "commit" : "pull request"}</span> <OutsideLink url={value} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function FixedVersions({ patches, vulnerability }: { readonly patches: readonly Patch[]; readonly vulnerability: Vulnerability }) {
  const { ecosystem = "", name = "" } = patches[0] ?? {};
  const bounds = vulnerability.packages.find((known) => known.ecosystem === ecosystem && known.name === name)?.bounds ?? [];
  const versions = [...new Set(patches.map(({ value }) => value))].sort((a, b) => bounds.indexOf(b) - bounds.indexOf(a));
  return (
    <li>
      <p>
        <Link className="plain-link" to={packagePath(ecosystem, name)}>
          <code>{name}</code>
        </Link>{" "}
        <span className="note">{ecosystem}</span>
      </p>
      <ul className="fix-versions">
        {versions.map((version) => (
          <li key={version}>
            <State kind="proven">{version}</State>{" "}
            <span className="note">by {listText(sourcesSaying(vulnerability, { ecosystem, name, version }))}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}

function sourcesSaying(
  { statements }: Vulnerability,
  fix: { readonly ecosystem: string; readonly name: string; readonly version: string },
): readonly string[] {
  const saying = statements.filter(({ affected }) =>
    affected.some(
      ({ ecosystem, name, intervals }) =>
        ecosystem === fix.ecosystem && name === fix.name && intervals.some(({ hi, hiKind }) => hi === fix.version && hiKind === "fixed"),
    ),
  );
  return [...new Set(saying.map(({ advisory, source }) => sourceName(advisory, source)))];
}

/** A link out of Sluice; anything but http(s) stays text. */
export function OutsideLink({ url }: { readonly url: string }) {
  if (!/^https?:\/\//i.test(url)) return <code>{url}</code>;
  return (
    <a href={url} rel="noreferrer" className="outside-link">
      {url.replace(/^https?:\/\//, "")}
    </a>
  );
}
