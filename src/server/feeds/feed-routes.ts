import { cancelSync, estimateSync, listFeeds, listProblems, readSync, startSync } from "../../contract/endpoints/feeds.ts";
import { type Route, route } from "../http/route.ts";
import type { FeedService } from "./feed-service.ts";
import type { SyncService } from "./sync-service.ts";

export function feedRoutes(feeds: FeedService, syncs: SyncService): readonly Route[] {
  return [
    route(listFeeds, async () => ({ feeds: [...(await feeds.list())] })),
    route(listProblems, ({ query }) => feeds.problems(query)),
    route(startSync, ({ body }) => syncs.start(body)),
    route(readSync, ({ params, query }) => syncs.read(params.sync, query.seen, query.waitMs)),
    route(cancelSync, ({ params }) => syncs.cancel(params.sync)),
    route(estimateSync, async ({ body }) => withoutUndefined(await syncs.estimate(body))),
  ];
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
