import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { QueryInputOf } from "../../../contract/endpoint.ts";
import {
  listDeliveries,
  listNotifications,
  listWebhooks,
  readMailChoice,
  readNotification,
} from "../../../contract/endpoints/notifications.ts";
import { ask } from "../../server-client.ts";

export function notificationsQuery(query: QueryInputOf<typeof listNotifications>) {
  return queryOptions({
    queryKey: ["notifications", query],
    queryFn: ({ signal }) => ask(listNotifications, { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function notificationQuery(notification: string) {
  return queryOptions({
    queryKey: ["notification", notification],
    queryFn: ({ signal }) => ask(readNotification, { params: { notification }, signal }),
  });
}

export const mailQuery = queryOptions({ queryKey: ["mail choice"], queryFn: ({ signal }) => ask(readMailChoice, { signal }) });

export const webhooksQuery = queryOptions({ queryKey: ["webhooks"], queryFn: ({ signal }) => ask(listWebhooks, { signal }) });

export const deliveriesQuery = queryOptions({
  queryKey: ["deliveries"],
  queryFn: ({ signal }) => ask(listDeliveries, { query: { limit: 40 }, signal }),
  // What has just been asked for is on its way for seconds.
  refetchInterval: ({ state }) =>
    state.data?.rows.some(({ state: at, attempts }) => at === "waiting" && attempts === 0) === true ? 1500 : 30_000,
});
