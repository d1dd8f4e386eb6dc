import type { AnswerOf } from "../../contract/endpoint.ts";
import type {
  addWebhook,
  listDeliveries,
  listNotifications,
  listWebhooks,
  notificationSchema,
  readMailChoice,
} from "../../contract/endpoints/notifications.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { makeWebhookSecret } from "../../sealing/webhook-signature.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import {
  NOTIFICATION_KINDS,
  NOTIFICATION_RULES,
  parseNotificationKind,
  type DeliveryState,
  type NotificationKind,
} from "../../vocabulary/notification.ts";
import type { z } from "zod";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, pageOf, readTimePosition } from "../list-page.ts";
import * as store from "./notification-store.ts";
import { sealWebhook } from "./webhook-seal.ts";

export type NotificationService = {
  /** Without tests of delivery, which stand among the deliveries. */
  readonly list: (caller: Caller, page: NotificationPage) => Promise<AnswerOf<typeof listNotifications>>;
  /** @throws CodedError `not-found` */
  readonly read: (caller: Caller, id: string) => Promise<z.infer<typeof notificationSchema>>;
  readonly markSeen: (caller: Caller, ids: readonly string[]) => Promise<void>;
  readonly mailChoice: (caller: Caller) => Promise<AnswerOf<typeof readMailChoice>>;
  readonly chooseMail: (caller: Caller, wantsMail: boolean) => Promise<void>;
  /** @throws CodedError `conflict` when no mail could go out */
  readonly tryMail: (caller: Caller) => Promise<void>;
  readonly webhooks: (caller: Caller) => Promise<AnswerOf<typeof listWebhooks>>;
  /** @throws CodedError `input-invalid` */
  readonly addWebhook: (caller: Caller, url: string) => Promise<AnswerOf<typeof addWebhook>>;
  /** @throws CodedError `not-found` */
  readonly removeWebhook: (caller: Caller, id: string) => Promise<void>;
  /** @throws CodedError `not-found` */
  readonly tryWebhook: (caller: Caller, id: string) => Promise<void>;
  readonly deliveries: (caller: Caller, page: DeliveryPage) => Promise<AnswerOf<typeof listDeliveries>>;
  /** @throws CodedError `not-found` */
  readonly retry: (caller: Caller, id: string) => Promise<void>;
};

export type NotificationPage = PageAsked & { readonly unseen: boolean };
export type DeliveryPage = PageAsked & { readonly state?: DeliveryState | undefined };

export type NotificationParts = {
  readonly database: Database;
  readonly keys: KeyRing;
  /** Whether a mail server is set. */
  readonly hasMail: boolean;
  readonly allowedPrivateHosts: readonly string[];
  readonly clock: () => number;
};

export function createNotificationService({ database, keys, hasMail, allowedPrivateHosts, clock }: NotificationParts): NotificationService {
  const now = (): Date => new Date(clock());

  return {
    list: async (caller, { unseen, after, limit }) => {
      const rows = await store.readNotifications(database, caller, {
        kinds: kindsFor(caller).filter((kind) => kind !== "test"),
        unseen,
        after: readTimePosition(after),
        limit: limit + 1,
      });
      return pageOf(rows, limit, toNotification, keyOf);
    },
    read: async (caller, id) => {
      const row = await store.readNotification(database, caller, id, kindsFor(caller));
      if (row === undefined) throw notFound("notification");
      return toNotification(row);
    },
    markSeen: (caller, ids) => store.insertSeen(database, caller, ids, now()),
    mailChoice: async (caller) => {
      const found = await store.readMail(database, caller);
      invariant(found !== undefined, "a caller is a member of its organisation");
      return { wantsMail: found.wantsMail, hasServer: hasMail, ...(found.email === null ? {} : { address: found.email }) };
    },
    chooseMail: (caller, wantsMail) => store.writeMailChoice(database, caller, wantsMail),
    tryMail: async (caller) => {
      if (!hasMail) throw new CodedError("conflict", "expected a mail server, got none; whoever runs this server sets SMTP_URL");
      if (((await store.readMail(database, caller))?.email ?? null) === null)
        throw new CodedError("conflict", "expected an address of yours, got none; an administrator of your organisation can add it");
      await store.insertTest(database, caller, undefined, now());
    },
    webhooks: async (caller) => ({
      rows: (await store.readWebhooks(database, caller)).map(({ id, location, created_at }) => ({
        id,
        location,
        createdAtMs: created_at.getTime(),
      })),
    }),
    addWebhook: async (caller, text) => {
      const url = new URL(text);
      expectReachable(url, allowedPrivateHosts);
      const secret = makeWebhookSecret();
      const location = `${url.protocol}//${url.host}`;
      const id = await store.insertWebhook(database, caller, {
        location,
        sealed: await sealWebhook(keys, { url: url.href, secret }),
        at: now(),
      });
      invariant(id !== undefined, "an insert returns its row");
      return { id, location, secret };
    },
    removeWebhook: async (caller, id) => {
      if (!(await store.removeWebhook(database, caller, id, now()))) throw notFound("webhook");
    },
    tryWebhook: async (caller, id) => {
      if (!(await store.insertTest(database, caller, id, now()))) throw notFound("webhook");
    },
    deliveries: async (caller, { state, after, limit }) => {
      const rows = await store.readDeliveries(database, caller, { state, after: readTimePosition(after), limit: limit + 1 });
      return pageOf(rows, limit, toDelivery, keyOf);
    },
    retry: async (caller, id) => {
      if (!(await store.restartDelivery(database, caller, id, now()))) throw notFound("failed delivery");
    },
  };
}

/** What the caller can do something about. */
function kindsFor({ verbs }: Caller): readonly NotificationKind[] {
  return NOTIFICATION_KINDS.filter((kind) => verbs.includes(NOTIFICATION_RULES[kind].verb));
}

function toNotification({
  id,
  kind: text,
  at,
  seen_at,
  record_id,
  record_organisation_id,
}: store.NotificationRow): z.infer<typeof notificationSchema> {
  const kind = parseNotificationKind(text);
  invariant(kind !== undefined, "only known kinds are asked for");
  return {
    id,
    kind,
    sentence: NOTIFICATION_RULES[kind].sentence,
    atMs: at.getTime(),
    ...(seen_at === null ? {} : { seenAtMs: seen_at.getTime() }),
    ...(record_id === null || record_organisation_id === null ? {} : { draft: { organisation: record_organisation_id, id: record_id } }),
  };
}

function toDelivery(row: store.DeliveryRow): AnswerOf<typeof listDeliveries>["rows"][number] {
  return {
    id: row.id,
    notification: row.notification_id,
    channel: row.webhook_id === null ? "mail" : "webhook",
    state: row.state,
    attempts: row.attempts,
    atMs: row.at.getTime(),
    ...(row.location === null ? {} : { location: row.location }),
    ...(row.state === "waiting" ? { nextAtMs: row.next_at.getTime() } : {}),
    ...(row.last_reason === null || row.state === "delivered" ? {} : { reason: row.last_reason }),
  };
}

function keyOf({ at, id }: { readonly at: Date; readonly id: string }): readonly [number, string] {
  return [at.getTime(), id];
}

/** Said at once where it is plain; what a name leads to is looked at when a message goes out. */
function expectReachable(url: URL, allowedPrivateHosts: readonly string[]): void {
  if (url.protocol === "https:" || allowedPrivateHosts.some((host) => host.toLowerCase() === url.hostname)) return;
  throw new CodedError(
    "input-invalid",
    `expected an https URL, got ${url.protocol}//${url.host}; plain http is for hosts in ALLOWED_PRIVATE_HOSTS only`,
    { place: "body.url" },
  );
}

function notFound(what: string): CodedError {
  return new CodedError("not-found", `no such ${what}`);
}
