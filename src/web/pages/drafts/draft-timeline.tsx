import { useInfiniteQuery } from "@tanstack/react-query";
import type { WireDraftEvent } from "../../../contract/endpoints/drafts.ts";
import { Button } from "../../ui/button.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import type { StateKind } from "../../ui/state.tsx";
import { Timeline, type TimelineEvent } from "../../ui/timeline.tsx";
import { eventReason, eventWords } from "../../words/draft-words.ts";
import { draftEventsQuery } from "./draft-queries.ts";

/** What happened to the draft, as far as the reader may know it. */
export function DraftTimeline({ draft }: { readonly draft: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(draftEventsQuery(draft));
  if (data === undefined) {
    return error === null ? (
      <Skeleton rows={4} what="what happened" />
    ) : (
      <Refusal title="What happened could not be read" error={error} onRetry={() => void refetch()} />
    );
  }
  const events = data.pages.flatMap(({ rows }) => rows);
  if (events.length === 0) return <p className="second">Nothing at your level yet.</p>;
  return (
    <>
      <Timeline events={events.map(toEvent)} label="What happened" />
      {hasNextPage ? (
        <Button look="quiet" isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          Earlier
        </Button>
      ) : null}
    </>
  );
}

const SHAPES: Readonly<Record<string, StateKind>> = {
  "draft-abandoned": "refuted",
  "part-removed": "refuted",
  "attachment-removed": "refuted",
  "stage-opened": "opened",
  "advisory-published": "opened",
  "advisory-corrected": "opened",
  "advisory-withdrawn": "refuted",
};

function toEvent(event: WireDraftEvent): TimelineEvent {
  const { id, atMs, kind, level, actor } = event;
  const words = eventReason(event);
  return {
    id,
    atMs,
    shape: SHAPES[kind] ?? "in-force",
    what: (
      <>
        <strong>{actor === undefined ? "Sluice" : (actor.name ?? "Another organisation")}</strong> {eventWords(event)}
      </>
    ),
    ...(words === undefined ? {} : { words }),
    level,
  };
}
