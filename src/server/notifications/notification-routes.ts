import {
  addWebhook,
  chooseMail,
  listDeliveries,
  listNotifications,
  listWebhooks,
  markSeen,
  readMailChoice,
  readNotification,
  removeWebhook,
  retryDelivery,
  tryMail,
  tryWebhook,
} from "../../contract/endpoints/notifications.ts";
import { type Route, route } from "../http/route.ts";
import type { NotificationService } from "./notification-service.ts";

export function notificationRoutes(notifications: NotificationService): readonly Route[] {
  return [
    route(listNotifications, ({ caller, query }) => notifications.list(caller, query)),
    route(readNotification, ({ caller, params }) => notifications.read(caller, params.notification)),
    route(markSeen, async ({ caller, body }) => done(notifications.markSeen(caller, body.notifications))),
    route(readMailChoice, ({ caller }) => notifications.mailChoice(caller)),
    route(chooseMail, async ({ caller, body }) => done(notifications.chooseMail(caller, body.wantsMail))),
    route(tryMail, async ({ caller }) => done(notifications.tryMail(caller))),
    route(listWebhooks, ({ caller }) => notifications.webhooks(caller)),
    route(addWebhook, ({ caller, body }) => notifications.addWebhook(caller, body.url)),
    route(removeWebhook, async ({ caller, params }) => done(notifications.removeWebhook(caller, params.webhook))),
    route(tryWebhook, async ({ caller, params }) => done(notifications.tryWebhook(caller, params.webhook))),
    route(listDeliveries, ({ caller, query }) => notifications.deliveries(caller, query)),
    route(retryDelivery, async ({ caller, params }) => done(notifications.retry(caller, params.delivery))),
  ];
}

async function done(work: Promise<void>): Promise<{ done: true }> {
  await work;
  return { done: true };
}
