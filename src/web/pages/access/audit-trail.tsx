import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { AUDIT_VERBS, parseAuditVerb } from "../../../vocabulary/audit.ts";
import { Choice } from "../../forms/choice.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { Chip } from "../../ui/chip.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Timeline } from "../../ui/timeline.tsx";
import { auditFact, auditWords } from "../../words/audit-words.ts";
import { sentenceText } from "../../words/count-text.ts";
import { type AuditEvent, auditQuery } from "./access-queries.ts";
import "./access.css";

/** Who changed what of people, circles and access, newest first. */
export function AuditTrail() {
  const [params, setParams] = useSearchParams();
  const [after, setAfter] = useState<string>();
  const verb = parseAuditVerb(params.get("event") ?? "");
  const events = useQuery(auditQuery(verb, { after }));
  const choose = (next: string): void => {
    setAfter(undefined);
    setParams(next === "" ? {} : { event: next }, { preventScrollReset: true });
  };
  if (events.data === undefined) {
    return events.isError ? (
      <Refusal title="The audit trail could not be read" error={events.error} onRetry={() => void events.refetch()} />
    ) : (
      <Skeleton rows={5} what="the audit trail" rowHeight={54} />
    );
  }
  const filter = (
    <div className="audit-filter">
      <Choice label="Events" value={verb ?? ""} onChange={choose} options={eventOptions} />
      {verb === undefined ? null : <Chip field="Event" value={auditWords(verb)} onRemove={() => choose("")} />}
    </div>
  );
  if (events.data.rows.length === 0 && verb !== undefined) {
    return (
      <>
        {filter}
        <Empty title="No such event">
          <p>Nobody of your organisation {auditWords(verb)}.</p>
        </Empty>
      </>
    );
  }
  if (events.data.rows.length === 0) {
    return (
      <Empty title="Nothing yet">
        <p>Each change of members, circles, tokens and access is written here with it, in one step.</p>
      </Empty>
    );
  }
  return (
    <>
      {filter}
      <Timeline
        label="Audit trail"
        events={events.data.rows.map((event) => ({
          id: event.id,
          atMs: event.atMs,
          shape: /revoked|removed|ended|closed|left|declined|withdrawn|abandoned/.test(event.verb) ? "refuted" : "opened",
          what: (
            <>
              <strong>{whoOf(event)}</strong> {auditWords(event.verb)}
            </>
          ),
          fact: <Fact event={event} />,
        }))}
      />
      <KeyPages after={after} next={events.data.next} onGo={setAfter} />
    </>
  );
}

const eventOptions = [
  { value: "", label: "All" },
  ...AUDIT_VERBS.map((verb) => ({ value: verb, label: sentenceText(auditWords(verb)) })).toSorted((a, b) => (a.label < b.label ? -1 : 1)),
];

function Fact({ event: { subject, details } }: { readonly event: AuditEvent }) {
  const fact = auditFact(details);
  const [kind = "", id = ""] = subject.split(/:(.*)/s);
  return (
    <>
      {fact === undefined ? null : `${fact}, `}
      {kind} <CopyableId value={id} shown={id.slice(0, 8)} />
    </>
  );
}

function whoOf({ person }: AuditEvent): string {
  if (person === undefined) return "Sluice, or whoever owns the machine,";
  return person.name ?? "A person of another organisation";
}
