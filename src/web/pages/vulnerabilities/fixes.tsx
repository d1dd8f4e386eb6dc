import { Link } from "react-router";
import type { Vulnerability } from "../../queries.ts";
import { Command } from "../../ui/command.tsx";
import { PackageName } from "../../ui/package-name.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { Unfold } from "../../ui/unfold.tsx";
import type { NamedPackage } from "../../words/affected-axis.ts";
import { listText } from "../../words/count-text.ts";
import { fixGroups, type FixGroup } from "../../words/fix-groups.ts";
import { packagePath } from "../../words/search-target.ts";

/** The command for the package that is shown, then fixed versions by the packages that share them, then the changes in source. */
export function Fixes({ vulnerability, chosen }: { readonly vulnerability: Vulnerability; readonly chosen: NamedPackage | undefined }) {
  const { patches, kind, packages } = vulnerability;
  const groups = fixGroups(vulnerability, chosen);
  const changes = [
    ...Map.groupBy(
      patches.filter((patch) => patch.kind !== "fixed-version"),
      ({ value }) => value,
    ).values(),
  ].flatMap((same) => same[0] ?? []);
  const shown = packages.find(({ ecosystem, name }) => ecosystem === chosen?.ecosystem && name === chosen.name);
  const commands = kind === "malware" ? [] : (shown?.outside?.commands ?? []);
  return (
    <Section title="What fixes it" note="As the sources name it; a bound is not checked against the registry.">
      {groups.length + changes.length === 0 ? (
        <p>
          <State kind="no-fix">{kind === "malware" ? "Remove the package" : "No fix known"}</State>{" "}
          <span className="second">
            {kind === "malware"
              ? "It is the attack itself. Treat what it could read on a machine that ran it as known to strangers."
              : "No source names a fixed version or a change in source. A new statement changes this page."}
          </span>
        </p>
      ) : null}
      {commands.length === 0 || shown === undefined ? null : (
        <div className="fix-command">
          {commands.map((command) => (
            <Command key={command} text={command} />
          ))}
          <p className="note">
            Where <PackageName name={shown.name} /> is a direct dependency or an installed package.
          </p>
        </div>
      )}
      <Unfold items={groups} atFirst={9}>
        {(some) => (
          <ul className="fixes">
            {some.map((group) => (
              <FixedVersions key={`${group.ecosystem} ${group.names[0] ?? ""}`} group={group} />
            ))}
          </ul>
        )}
      </Unfold>
      <Unfold items={changes} atFirst={12}>
        {(some) => (
          <ul className="fix-links">
            {some.map(({ value, kind: changeKind }) => (
              <li key={value}>
                <span className="note">{changeKind === "commit" ? "commit" : "pull request"}</span> <OutsideLink url={value} />
              </li>
            ))}
          </ul>
        )}
      </Unfold>
    </Section>
  );
}

function FixedVersions({ group: { ecosystem, names, versions } }: { readonly group: FixGroup }) {
  return (
    <li>
      <p className="fix-packages">
        <Unfold items={names} atFirst={4}>
          {(some) =>
            some.map((name) => (
              <Link key={name} className="plain-link" to={packagePath(ecosystem, name)}>
                <PackageName name={name} />
              </Link>
            ))
          }
        </Unfold>
        <span className="note">{ecosystem}</span>
      </p>
      <ul className="fix-versions">
        {versions.map(({ version, sources }) => (
          <li key={version}>
            <State kind="proven">{version}</State> <span className="note">by {listText(sources)}</span>
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
