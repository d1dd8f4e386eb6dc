import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import { useState } from "react";
import type { WireScanAnswer } from "../../../contract/schemas.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/command.tsx";
import { Breakable } from "../../ui/package-name.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { usePrinting } from "../../ui/use-printing.ts";
import { countText, listText, sentenceText } from "../../words/count-text.ts";
import { packagePath, vulnerabilityPath } from "../../words/search-target.ts";

type Change = WireScanAnswer["changes"][number];
type Finding = WireScanAnswer["findings"][number];

/** The plan itself: numbered, worst first, each with what to run, why, and what it ends. */
export function ChangeList({ answer }: { readonly answer: WireScanAnswer }) {
  if (answer.changes.length === 0) return null;
  const byId = new Map(answer.findings.flatMap((finding) => finding.ids.map((id) => [id, finding] as const)));
  return (
    <Section title="Do this" note="Fewest upgrades that end the most, worst first. One row is one change.">
      <ol className="changes">
        {answer.changes.map((change) => (
          <li className="change" key={change.number} id={`change-${change.number}`}>
            <ChangeRow change={change} ended={change.ends.flatMap((id) => byId.get(id) ?? [])} />
          </li>
        ))}
      </ol>
    </Section>
  );
}

function ChangeRow({ change, ended }: { readonly change: Change; readonly ended: readonly Finding[] }) {
  const isMalware = ended.some(({ kind }) => kind === "malware");
  return (
    <>
      <span className="change-number number" aria-hidden="true">
        {change.number}
      </span>
      <div className="change-what">
        <h3>
          <span className="visually-hidden">Change {change.number}: </span>
          <Link className="plain-link" to={packagePath(change.ecosystem, change.name)}>
            <Breakable text={change.name} />
          </Link>
        </h3>
        <p className="change-versions">
          <code>{change.from.join(", ")}</code>
          <FixText change={change} />
        </p>
        {change.commands.map((command) => (
          <Command key={command} text={command} />
        ))}
        {change.commands.length === 0 ? (
          <p className="note">
            {change.blockedBy.length > 0
              ? "No command does this while it is held back."
              : `No command is known for this: change it in ${change.document}.`}
          </p>
        ) : null}
      </div>
      <div className="change-why">
        <p>
          {isMalware ? (
            <State kind="affected" washed>
              Malicious package
            </State>
          ) : change.exploited ? (
            <State kind="exploited" washed>
              Exploited
            </State>
          ) : (
            <State kind="waits">Not known exploited</State>
          )}
          {change.score === undefined ? null : <span className="second"> · score up to {change.score.toFixed(1)}</span>}
        </p>
        <p className="second">{whyText(ended)}</p>
        {change.blockedBy.length === 0 ? null : (
          <p className="change-blocked">
            <State kind="due">{change.commands.length > 0 ? "Outside a range" : "Held back"}</State>{" "}
            <span className="second">
              {listText(change.blockedBy)}.{" "}
              {change.commands.length > 0 ? "The commands overrule that: test before you ship." : "Ask its maintainer for a release."}
            </span>
          </p>
        )}
      </div>
      <div className="change-ends">
        <p className="note">Ends</p>
        <Ends ids={change.ends} />
        <ul className="change-notes note">
          {placeNotes(change).map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </div>
    </>
  );
}

function FixText({ change }: { readonly change: Change }) {
  const { fix } = change;
  switch (fix.kind) {
    case "version":
      return (
        <>
          <ArrowRight size={13} strokeWidth={1.75} aria-label="to" />
          <span>
            <code className="change-to">{fix.version}</code> or later
          </span>
        </>
      );
    case "above":
      return (
        <>
          <ArrowRight size={13} strokeWidth={1.75} aria-label="to" />
          <span>
            above <code className="change-to">{fix.version}</code>
          </span>
        </>
      );
    case "remove":
      return <span>remove it: the package itself is the attack</span>;
    case "none":
      return <span>no fixed version is known</span>;
  }
}

function Ends({ ids }: { readonly ids: readonly string[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const isPrinting = usePrinting();
  const shown = isOpen || isPrinting || ids.length <= 3 ? ids : ids.slice(0, 2);
  return (
    <>
      <ul className="change-ids">
        {shown.map((id) => (
          <li key={id}>
            <Link className="plain-link" to={vulnerabilityPath(id)}>
              <code>{id}</code>
            </Link>
          </li>
        ))}
      </ul>
      {shown.length === ids.length ? null : (
        <Button look="quiet" size="row" onPress={() => setIsOpen(true)}>
          and {ids.length - shown.length} more
        </Button>
      )}
    </>
  );
}

function whyText(ended: readonly Finding[]): string {
  const titles = [...new Set(ended.map(({ title }) => title.trim()))].filter((title) => title !== "");
  const shown = titles.slice(0, 2).map(shortSentence);
  const rest = titles.length - shown.length;
  if (shown.length === 0) return `${countText(ended.length, "vulnerability", "vulnerabilities")} without a title.`;
  return [...shown, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(" ");
}

/** At most about 110 characters, cut between words. */
function shortSentence(title: string): string {
  const whole = title.replaceAll("`", "").replace(/[.\s]+$/, "");
  return whole.length <= 110 ? `${whole}.` : `${whole.slice(0, 110).replace(/\s+\S*$/, "")} …`;
}

/** Where it comes from and what to mind, a line each. */
function placeNotes(change: Change): readonly string[] {
  const origin =
    change.direct === true
      ? "Direct dependency"
      : change.through.length > 0
        ? `Through ${listText(change.through)}`
        : change.direct === false
          ? "Indirect dependency"
          : "The file does not say what needs it";
  return [change.development ? `${origin}, development only` : origin, ...change.notes.map(sentenceText)];
}
