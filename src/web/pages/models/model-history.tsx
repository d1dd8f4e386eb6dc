import { useInfiniteQuery } from "@tanstack/react-query";
import type { EnrolmentEventAnswer } from "../../../contract/endpoints/model-history.ts";
import { Button } from "../../ui/button.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { Timeline, type TimelineEvent } from "../../ui/timeline.tsx";
import { eventFact, eventShape, eventText } from "../../words/model-words.ts";
import { type Model, modelEventsQuery } from "./model-queries.ts";

/** What happened, as far as it concerns whoever reads. */
export function ModelHistory({ model }: { readonly model: Model }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(modelEventsQuery(model.id));
  const events = data?.pages.flatMap(({ rows }) => rows) ?? [];
  return (
    <Section title="What happened" note={model.side === "grantee" ? "As far as it concerns your organisation." : "Newest first."}>
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={4} what="what happened" />
        ) : (
          <Refusal title="What happened could not be read" error={error} onRetry={() => void refetch()} />
        )
      ) : events.length === 0 ? (
        <p className="second">Nothing yet that concerns your organisation.</p>
      ) : (
        <Timeline events={events.map((event) => toEvent(event, model))} label="What happened" />
      )}
      {hasNextPage ? (
        <Button look="quiet" isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          Earlier
        </Button>
      ) : null}
    </Section>
  );
}

function toEvent(event: EnrolmentEventAnswer, { windows }: Model): TimelineEvent {
  const fact = eventFact(event);
  return {
    id: event.id,
    atMs: event.atMs,
    shape: eventShape(event.kind),
    what: (
      <>
        <strong>{event.by === undefined ? "Sluice" : (event.by.name ?? "Another organisation")}</strong>{" "}
        {eventText(event, windows.find(({ id }) => id === event.window)?.name)}
      </>
    ),
    ...(fact === undefined ? {} : { fact }),
  };
}
