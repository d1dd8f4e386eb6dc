import { useState } from "react";
import { Link } from "react-router";
import { type WirePublished, withdrawAdvisory } from "../../../contract/endpoints/corrections.ts";
import type { WireDraft, WirePart } from "../../../contract/endpoints/drafts.ts";
import { LEVEL_OF_PART, PUBLISHED_FROM } from "../../../vocabulary/draft-advisory.ts";
import { shows } from "../../../vocabulary/level.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";
import { Timeline } from "../../ui/timeline.tsx";
import { CorrectionForm } from "./correction-form.tsx";
import { useDraftChanged } from "./draft-queries.ts";
import { EndWithReason } from "./end-with-reason.tsx";

/** What everybody was told and when; for the owner, what it can do about it now. */
export function PublishedAdvisory({ draft, parts }: { readonly draft: WireDraft; readonly parts: readonly WirePart[] }) {
  const [isCorrecting, setIsCorrecting] = useState(false);
  const changed = useDraftChanged(draft.id);
  const { published, advisory } = draft;
  if (published === undefined || advisory === undefined) return null;
  const close = (): void => setIsCorrecting(false);
  return (
    <>
      <Section title="Published" note="Each revision stays to be read. What was told cannot be untold.">
        <Timeline label="Published revisions" events={published.revisions.toReversed().map(toEvent)} />
        <p className="note">
          <Link to={`/vulnerabilities/${advisory}`}>The record</Link>, <a href={`/api/advisories/${advisory}/revisions`}>its revisions</a>,{" "}
          <a href={`/api/advisories/${advisory}/signature`} download={`${advisory}.sig`}>
            the newest one’s signature
          </a>
          , <a href={`/api/ledger/advisories/${advisory}`}>what the ledger has of it</a>
        </p>
        {published.mayCorrect && !isCorrecting ? (
          <div className="draft-buttons">
            <Button onPress={() => setIsCorrecting(true)}>Correct it</Button>
          </div>
        ) : null}
      </Section>
      {isCorrecting ? (
        <Section
          title="Correct it"
          note="Published at once as one revision: the record, scans, the OSV API and npm audit follow, and whoever was let see the draft is told."
        >
          <CorrectionForm
            draft={draft.id}
            parts={parts.filter(({ kind, level }) => LEVEL_OF_PART[kind] === PUBLISHED_FROM && shows(PUBLISHED_FROM, level))}
            onClose={close}
            onDone={async () => {
              close();
              await changed();
            }}
          />
        </Section>
      ) : null}
      {published.mayCorrect && !isCorrecting ? <Withdraw draft={draft.id} onDone={changed} /> : null}
    </>
  );
}

function toEvent({ version, withdraws, reason, atMs }: WirePublished["revisions"][number], index: number) {
  const what = withdraws ? "Withdrawn" : reason === undefined ? "Published" : "Corrected";
  return {
    id: `${atMs} ${index}`,
    atMs,
    shape: withdraws ? ("refuted" as const) : ("opened" as const),
    what: (
      <>
        <strong>{what}</strong> {version === undefined ? "comes into the record now" : `revision ${version}`}
      </>
    ),
    ...(reason === undefined ? {} : { words: reason }),
  };
}

function Withdraw({ draft, onDone }: { readonly draft: string; readonly onDone: () => Promise<void> }) {
  return (
    <EndWithReason
      title="Withdraw it"
      note="For what turned out to be no vulnerability, or another advisory’s."
      hint="Everybody reads it: the record says it"
      word="Withdraw the advisory"
      done="The advisory is withdrawn"
      refused="It was not withdrawn"
      end={(reason) => ask(withdrawAdvisory, { params: { draft }, body: { reason } })}
      onDone={onDone}
    >
      <p>
        Nothing is matched against it any more, and whoever was let see the draft is told. The record stays to be read, with the reason.
      </p>
      <p>It cannot be undone. What is true after all is a new advisory.</p>
    </EndWithReason>
  );
}
