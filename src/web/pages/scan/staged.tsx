import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import type { WireScanAnswer } from "../../../contract/schemas.ts";
import { TLP_OF_LEVEL } from "../../../vocabulary/tlp.ts";
import { Command } from "../../ui/command.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { MarkingStrip } from "../../ui/marking-strip.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { listText } from "../../words/count-text.ts";
import "./staged.css";

type Answer = NonNullable<WireScanAnswer["staged"]>;
type Finding = Answer["findings"][number];

/** What is not public yet, for members: ranges and patch where they are open, else that something is coming. Nothing of it is there for others. */
export function Staged({ answer: { staged } }: { readonly answer: WireScanAnswer }) {
  if (staged === undefined) return null;
  const { findings, notices, cannotCompare } = staged;
  if (findings.length + notices.length + cannotCompare.length === 0) return null;
  const level = findings.length + cannotCompare.length > 0 ? "fix" : "notice";
  return (
    <>
      <MarkingStrip tlp={TLP_OF_LEVEL[level]} held={level}>
        That you were shown this is written into the register of each draft.
      </MarkingStrip>
      <Section title="Not public yet" note="For your organisation only, until each is public.">
        <ul className="staged">
          {findings.map((finding) => (
            <li key={finding.draft}>
              <StagedFinding finding={finding} />
            </li>
          ))}
          {notices.map(({ draft, ecosystem, name, publicAt }) => (
            <li key={`${draft} ${ecosystem} ${name}`}>
              <h3>
                Something is coming for {name} <span className="note">{ecosystem}</span>
              </h3>
              <p className="second">
                <LevelGauge level="notice" quiet /> <PublicAt publicAt={publicAt} />. Which versions it is about is not open to you yet.
              </p>
            </li>
          ))}
          {cannotCompare.map(({ draft, advisory, ecosystem, name, version, reason, publicAt }) => (
            <li key={`${draft} ${ecosystem} ${name} ${version ?? ""}`}>
              <h3>
                <State kind="cannot-compare">Cannot compare</State> {name} {version ?? "without a version"}
              </h3>
              <p className="second">
                {reason}, for{" "}
                <Link to={`/drafts/${draft}`}>
                  <code>{advisory}</code>
                </Link>
                . <PublicAt publicAt={publicAt} />.
              </p>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function StagedFinding({ finding: { draft, advisory, title, components, patches, publicAt } }: { readonly finding: Finding }) {
  return (
    <>
      <h3>{title}</h3>
      <p className="second">
        <LevelGauge level="fix" quiet />{" "}
        <Link to={`/drafts/${draft}`}>
          <code>{advisory}</code>
        </Link>
        . <PublicAt publicAt={publicAt} />.
      </p>
      <ul className="staged-components">
        {components.map(({ ecosystem, name, version, affected, places, fix }) => (
          <li key={`${ecosystem} ${name} ${version}`}>
            <p>
              <State kind="affected">{name}</State> <code>{version}</code>{" "}
              {fix.kind === "version" || fix.kind === "above" ? (
                <>
                  <ArrowRight size={13} strokeWidth={1.75} aria-label="to" />{" "}
                  <code>{fix.kind === "above" ? `above ${fix.version}` : fix.version}</code>
                  {fix.majorChange ? " (major version change)" : ""}
                </>
              ) : (
                "no fixed version yet"
              )}
            </p>
            <p className="note">
              affected <code>{affected}</code>
              {places.length === 0 ? "" : `, in ${listText(places)}`}
            </p>
          </li>
        ))}
      </ul>
      {patches.map(({ kind, text }) =>
        kind === "mitigation" ? (
          <p key={`${kind} ${text}`}>Until then: {text}</p>
        ) : kind === "commit" ? (
          <Command key={`${kind} ${text}`} text={text} />
        ) : null,
      )}
      {patches.some(({ kind }) => kind === "diff") ? (
        <p>
          <Link to={`/drafts/${draft}`}>The diff is in the draft</Link>
        </p>
      ) : null}
    </>
  );
}

function PublicAt({ publicAt }: Pick<Finding, "publicAt">) {
  return publicAt === undefined ? (
    <>No public hour is agreed</>
  ) : (
    <>
      Public <Instant ms={publicAt.instantMs} />
    </>
  );
}
