import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { importIntoDraft } from "../../../contract/endpoints/draft-imports.ts";
import { abandonDraft, type WireDraft, type WirePart } from "../../../contract/endpoints/drafts.ts";
import { TLP_OF_LEVEL } from "../../../vocabulary/tlp.ts";
import { ask } from "../../server-client.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Clock } from "../../ui/clock.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { FactStrip, type Fact } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { MarkingStrip } from "../../ui/marking-strip.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { PackageName } from "../../ui/package-name.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { countText, listText } from "../../words/count-text.ts";
import { affectedOf, draftTitle, fixedVersions, PART_ORDER } from "../../words/draft-words.ts";
import { DraftFiles } from "./draft-files.tsx";
import { EndWithReason } from "./end-with-reason.tsx";
import { draftQuery, useDraftChanged } from "./draft-queries.ts";
import { DraftState } from "./draft-state.tsx";
import { DraftTimeline } from "./draft-timeline.tsx";
import { ImportForm, LeftOutList, type Imported } from "./import-form.tsx";
import { PartForm } from "./part-form.tsx";
import { PartItem } from "./part-item.tsx";
import { PublishedAdvisory } from "./published-advisory.tsx";
import "./drafts.css";

const crumbs = [{ label: "Drafts", to: "/drafts" }];

/** One draft advisory, as far as the acting organisation may know it. */
export function DraftPage() {
  return <MembersOnly title="Draft advisory">{(session) => <ReadDraft session={session} />}</MembersOnly>;
}

function ReadDraft({ session }: { readonly session: Session }) {
  const { draft: id = "" } = useParams();
  const { data: draft, error, refetch } = useQuery(draftQuery(id));
  if (draft === undefined) {
    return (
      <Page title="Draft advisory" crumbs={crumbs}>
        {error === null ? (
          <Skeleton rows={8} what="the draft" rowHeight={54} />
        ) : (
          <Refusal title="No draft here for you" error={error} onRetry={() => void refetch()} />
        )}
      </Page>
    );
  }
  if (draft.level === "public") return <Published draft={draft} />;
  return draft.parts === undefined ? <Notice draft={draft} /> : <Draft draft={draft} parts={draft.parts} session={session} />;
}

/** What is public is read where everybody reads it. */
function Published({ draft }: { readonly draft: WireDraft }) {
  return (
    <Page title="This advisory is public" crumbs={crumbs} meta={<Standing draft={draft} />}>
      <p>
        {draft.advisory === undefined ? null : <Link to={`/vulnerabilities/${draft.advisory}`}>Read {draft.advisory} in the record</Link>}
      </p>
      <PublishedAdvisory draft={draft} parts={[]} />
    </Page>
  );
}

function Standing({ draft }: { readonly draft: WireDraft }) {
  if (draft.published?.isWithdrawn !== true) return <DraftState state={draft.state} washed />;
  return (
    <State kind="refuted" washed>
      withdrawn
    </State>
  );
}

/** Names and a date, nothing else. */
function Notice({ draft }: { readonly draft: WireDraft }) {
  const { publicOn, packages, state, advisory } = draft;
  return (
    <Page title={draftTitle(draft)} crumbs={crumbs} meta={<DraftState state={state} washed />}>
      <MarkingStrip tlp={TLP_OF_LEVEL.notice} held="notice">
        That you read this is written down.
      </MarkingStrip>
      <Section title="What is known to you" note="Names and a date. Which versions, and what to do, opens later by the release plan.">
        <ul className="part-packages">
          {packages.map(({ ecosystem, name }) => (
            <li key={`${ecosystem} ${name}`}>
              <span className="second">{ecosystem}</span> <PackageName name={name} />
            </li>
          ))}
        </ul>
        {packages.length === 0 ? <p className="second">No package is named at your level yet.</p> : null}
      </Section>
      <Section title="When">
        {advisory !== undefined ? (
          <Link to={`/vulnerabilities/${advisory}`}>It is public: read {advisory}</Link>
        ) : state === "abandoned" ? (
          <p>It will not be published.</p>
        ) : publicOn === undefined ? (
          <p>No date is planned yet.</p>
        ) : (
          <Clock label="Public" atMs={publicOn.instantMs} size="page">
            Set by the release plan. A leak or an attack brings it forward; your scans say so in that minute.
          </Clock>
        )}
      </Section>
    </Page>
  );
}

type Doing = "add" | "import" | "abandon" | undefined;

function Draft({ draft, parts, session }: { readonly draft: WireDraft; readonly parts: readonly WirePart[]; readonly session: Session }) {
  const [doing, setDoing] = useState<Doing>();
  const changed = useDraftChanged(draft.id);
  const { level, advisory } = draft;
  const mayWrite = draft.case?.mayWrite === true;
  const isOwner = draft.case?.isOwner === true;
  const ordered = parts.toSorted((a, b) => PART_ORDER.indexOf(a.kind) - PART_ORDER.indexOf(b.kind) || a.writtenAtMs - b.writtenAtMs);
  const close = (): void => setDoing(undefined);
  return (
    <Page
      title={draftTitle(draft)}
      crumbs={crumbs}
      meta={
        <>
          <Standing draft={draft} />
          {advisory === undefined ? null : <CopyableId value={advisory} />}
          {draft.owner === undefined ? null : (
            <span>owner: {isOwner ? "your organisation" : (draft.owner.name ?? "not known to you")}</span>
          )}
        </>
      }
      action={<Actions draft={draft} onBegin={setDoing} />}
    >
      <MarkingStrip tlp={TLP_OF_LEVEL[level]} held={level}>
        That you read this is written down{isOwner ? ". " : ", and the owner sees it."}
        {isOwner && session.verbs.includes("access.review") ? <Link to={`/access/drafts/${draft.id}`}>Who has read this</Link> : null}
      </MarkingStrip>
      <FactStrip facts={factsOf(draft, parts)} />
      {doing === "add" ? (
        <Section title="Add a part" note="Each part stands at a level of its own.">
          <PartForm
            draft={draft.id}
            onClose={close}
            onDone={async () => {
              close();
              await changed();
            }}
          />
        </Section>
      ) : null}
      {doing === "import" ? <ImportMore draft={draft.id} onClose={close} onDone={changed} /> : null}
      <PublishedAdvisory draft={draft} parts={ordered} />
      <Section title="What it says" note="Whoever sees a part's level, or a more confidential one, sees the part.">
        {ordered.length === 0 ? (
          <Empty title="Nothing at your level yet">
            <p>
              {mayWrite
                ? "A summary, what is affected and what fixes it: add the first part above, or import a document."
                : "Parts stand here once their authors write them."}
            </p>
          </Empty>
        ) : (
          <ol className="parts">
            {ordered.map((part) => (
              <PartItem
                key={part.id}
                draft={draft.id}
                part={part}
                mayChange={mayWrite && (isOwner || part.author?.organisation === session.acting.organisation)}
                mayReadResearch={draft.case?.mayReadResearch === true}
              />
            ))}
          </ol>
        )}
      </Section>
      <DraftFiles draft={draft} />
      <Section title="What happened" note="Newest first, each at the level from which it may be known.">
        <DraftTimeline draft={draft.id} />
      </Section>
      {isOwner && mayWrite && session.verbs.includes("release.decide") ? <Abandon draft={draft.id} onDone={changed} /> : null}
    </Page>
  );
}

function Actions({ draft, onBegin }: { readonly draft: WireDraft; readonly onBegin: (doing: Doing) => void }) {
  const mayWrite = draft.case?.mayWrite === true;
  return (
    <>
      <a className="button button-plain button-usual" href={`/api/drafts/${draft.id}/osv`} download={`${draft.advisory ?? "draft"}.json`}>
        Download as OSV
      </a>
      {mayWrite ? <Button onPress={() => onBegin("import")}>Import a document</Button> : null}
      {mayWrite ? <Button onPress={() => onBegin("add")}>Add a part</Button> : null}
      {draft.case === undefined ? null : (
        <>
          <Link className="button button-main button-usual" to={`/drafts/${draft.id}/release-plan`}>
            Open the release plan
          </Link>
          <p className="note">Who will see what, and when.</p>
        </>
      )}
    </>
  );
}

function factsOf(draft: WireDraft, parts: readonly WirePart[]): readonly Fact[] {
  const affected = affectedOf(draft);
  const fixed = fixedVersions(parts);
  const severity = parts.find(({ kind }) => kind === "severity")?.body as { readonly type: string; readonly vector: string } | undefined;
  const { publicOn, state } = draft;
  return [
    {
      label: "Affected",
      value: affected.length === 0 ? "not said yet" : listText(affected.slice(0, 2).map(({ name }) => name)),
      ...(affected.length > 2 ? { note: `and ${countText(affected.length - 2, "more package")}` } : {}),
    },
    { label: "Fixed in", value: fixed.length === 0 ? "no version yet" : listText(fixed.slice(0, 3)) },
    {
      label: "Severity",
      value: severity === undefined ? "not said yet" : severity.type.replace("_V", " "),
      ...(severity === undefined ? {} : { note: <code>{severity.vector}</code> }),
    },
    {
      label: "Public",
      value:
        state === "published" ? (
          <Link to={`/vulnerabilities/${draft.advisory ?? ""}`}>
            {draft.published?.isWithdrawn === true ? "withdrawn" : "in the record"}
          </Link>
        ) : state === "abandoned" ? (
          "never"
        ) : publicOn === undefined ? (
          "no date yet"
        ) : (
          <Instant ms={publicOn.instantMs} form="distance" />
        ),
      ...(publicOn === undefined || state !== "open" ? {} : { note: <Instant ms={publicOn.instantMs} form="moment" /> }),
    },
    { label: "You see", value: <LevelGauge level={draft.level} />, note: countText(parts.length, "part") },
  ];
}

function ImportMore({
  draft,
  onClose,
  onDone,
}: {
  readonly draft: string;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}) {
  const [imported, setImported] = useState<Imported>();
  return (
    <Section title="Import a document" note="Its parts are added. Nothing that is there is changed.">
      {imported === undefined ? (
        <ImportForm
          send={(query, body) => ask(importIntoDraft, { params: { draft }, query, body })}
          onDone={async (done) => {
            if (done.leftOut.length === 0) onClose();
            else setImported(done);
            await onDone();
          }}
          onClose={onClose}
        />
      ) : (
        <>
          <LeftOutList imported={imported} />
          <Button onPress={onClose}>It is read</Button>
        </>
      )}
    </Section>
  );
}

function Abandon({ draft, onDone }: { readonly draft: string; readonly onDone: () => Promise<void> }) {
  return (
    <EndWithReason
      title="Abandon the draft"
      note="For a report that turned out to be none, or a duplicate."
      hint="Everyone who sees the case reads it"
      word="Abandon the draft"
      done="The draft is abandoned"
      refused="It was not abandoned"
      end={(reason) => ask(abandonDraft, { params: { draft }, body: { reason } })}
      onDone={onDone}
    >
      <p>No stage of it opens any more, and scans stop matching it. Whoever was let see it is told that it will not be published.</p>
      <p>It cannot be undone. What it says stays for those who see the case.</p>
    </EndWithReason>
  );
}
