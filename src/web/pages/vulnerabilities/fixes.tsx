import { Link } from "react-router";
import type { Vulnerability } from "../../queries.ts";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
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
  const sources = new Map(vulnerability.statements.map(({ advisory, source }) => [advisory, sourceName(advisory, source)]));
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
          <FixedVersions key={key} patches={same} sources={sources} bounds={boundsOf(vulnerability, same[0])} />
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

function boundsOf({ packages }: Vulnerability, patch: Patch | undefined): readonly string[] {
  return packages.find(({ ecosystem, name }) => ecosystem === patch?.ecosystem && name === patch.name)?.bounds ?? [];
}

function FixedVersions({
  patches,
  sources,
  bounds,
}: {
  readonly patches: readonly Patch[];
  readonly sources: ReadonlyMap<string, string>;
  readonly bounds: readonly string[];
}) {
  const { ecosystem = "", name = "" } = patches[0] ?? {};
  const byVersion = [...Map.groupBy(patches, ({ value }) => value)].sort(([a], [b]) => bounds.indexOf(b) - bounds.indexOf(a));
  return (
    <li>
      <p>
        <Link className="plain-link" to={packagePath(ecosystem, name)}>
          <code>{name}</code>
        </Link>{" "}
        <span className="note">{ecosystem}</span>
      </p>
      <ul className="fix-versions">
        {byVersion.map(([version, same]) => (
          <li key={version}>
            <State kind="proven">{version}</State>{" "}
            <span className="note">by {[...new Set(same.map(({ advisory }) => sources.get(advisory) ?? advisory))].join(", ")}</span>
          </li>
        ))}
      </ul>
    </li>
  );
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
