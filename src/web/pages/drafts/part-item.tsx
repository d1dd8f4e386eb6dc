import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { readResearch, removePart, type WirePart } from "../../../contract/endpoints/drafts.ts";
import type { TextBody } from "../../../vocabulary/draft-advisory.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { PART_WORDS } from "../../words/draft-words.ts";
import { partHistoryQuery, useDraftChanged } from "./draft-queries.ts";
import { PartBodyView } from "./part-body.tsx";
import { PartForm } from "./part-form.tsx";

export type PartItemProps = {
  readonly draft: string;
  readonly part: WirePart;
  /** Whether the reader may change this part. */
  readonly mayChange: boolean;
  readonly mayReadResearch: boolean;
};

/** One part at its level: what it says, and for those who see the case what it said before. */
export function PartItem({ draft, part, mayChange, mayReadResearch }: PartItemProps) {
  const changed = useDraftChanged(draft);
  const task = useTask();
  const [doing, setDoing] = useState<"change" | "history">();
  const [isAsked, setIsAsked] = useState(false);
  const [research, setResearch] = useState<string>();
  const { id, kind, level, revision } = part;
  const isResearch = kind === "research";
  const body = isResearch ? (research === undefined ? undefined : ({ text: research } satisfies TextBody)) : part.body;
  const word = PART_WORDS[kind];
  const read = (): Promise<boolean> =>
    task.run(async () => {
      const { text } = await ask(readResearch, { params: { draft, part: id }, body: {} });
      setResearch(text);
    }, "The research is below. That you read it is written down");
  const remove = async (): Promise<void> => {
    const isDone = await task.run(
      () => ask(removePart, { params: { draft, part: id }, body: { revision: revision ?? 1 } }),
      `Removed: ${word}`,
    );
    if (isDone) await changed();
  };
  return (
    <li className="part" aria-label={word}>
      <div className="part-head">
        <h3>{word}</h3>
        <LevelGauge level={level} quiet />
        <span className="note">
          written <Instant ms={part.writtenAtMs} form="day" />
          {part.author?.name === undefined ? null : ` by ${part.author.name}`}
        </span>
        <span className="part-acts">
          {revision !== undefined && revision > 1 ? (
            <Button
              look="quiet"
              size="row"
              label={`Revision ${revision}: ${word}`}
              expanded={doing === "history"}
              onPress={() => setDoing(doing === "history" ? undefined : "history")}
            >
              Revision {revision}
            </Button>
          ) : null}
          {mayChange && body !== undefined ? (
            <Button size="row" label={`Change: ${word}`} onPress={() => setDoing("change")}>
              Change
            </Button>
          ) : null}
          {mayChange ? (
            <Button look="quiet" size="row" label={`Remove: ${word}`} onPress={() => setIsAsked(true)}>
              Remove
            </Button>
          ) : null}
        </span>
      </div>
      {doing === "change" ? (
        <PartForm
          draft={draft}
          part={{ ...part, body }}
          onClose={() => setDoing(undefined)}
          onDone={async () => {
            setDoing(undefined);
            setResearch(undefined);
            await changed();
          }}
        />
      ) : body === undefined ? (
        <ResearchClosed mayRead={mayReadResearch} isBusy={task.isBusy} onRead={read} />
      ) : (
        <PartBodyView kind={kind} body={body} />
      )}
      {task.error === undefined ? null : (
        <Refusal title={isResearch && research === undefined ? "The research was not shown" : "It was not done"} error={task.error} />
      )}
      {doing === "history" ? <PartHistory draft={draft} part={id} /> : null}
      <Confirm
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        title={`Remove this part: ${word}?`}
        word="Remove the part"
        onConfirm={remove}
        isEnd
      >
        <p>Whoever sees {level} no longer sees it, and scans no longer match it. Its revisions are kept for those who see the case.</p>
      </Confirm>
    </li>
  );
}

function ResearchClosed({
  mayRead,
  isBusy,
  onRead,
}: {
  readonly mayRead: boolean;
  readonly isBusy: boolean;
  readonly onRead: () => Promise<boolean>;
}) {
  if (!mayRead) return <p className="second">Research is read by editors and administrators who see the case.</p>;
  return (
    <div className="draft-buttons">
      <Button isDisabled={isBusy} onPress={() => void onRead()}>
        Read the research (this is written down)
      </Button>
      <span className="note">The owner sees who read it, and when.</span>
    </div>
  );
}

function PartHistory({ draft, part }: { readonly draft: string; readonly part: string }) {
  const { data, error, refetch } = useQuery(partHistoryQuery(draft, part));
  if (data === undefined) {
    return error === null ? (
      <Skeleton rows={2} what="the revisions" />
    ) : (
      <Refusal title="The revisions could not be read" error={error} onRetry={() => void refetch()} />
    );
  }
  const before = data.revisions.filter(({ replacedAtMs }) => replacedAtMs !== undefined);
  return (
    <ol className="part-history" aria-label="Earlier revisions">
      {before.map((revision) => (
        <li key={revision.revision}>
          <p className="note">
            Revision {revision.revision}, <Instant ms={revision.writtenAtMs} form="moment" />
            {revision.author?.name === undefined ? null : `, by ${revision.author.name}`} <LevelGauge level={revision.level} quiet />
          </p>
          {revision.body === undefined ? (
            <p className="note">Earlier research is not shown.</p>
          ) : (
            <PartBodyView kind={revision.kind} body={revision.body} />
          )}
        </li>
      ))}
    </ol>
  );
}
