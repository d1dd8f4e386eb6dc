import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Delivery } from "../../connectors/delivery.ts";
import type { MailServer } from "../../connectors/smtp/smtp.ts";
import type { WebhookSender } from "../../connectors/webhook/webhook.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { webhookSignature } from "../../sealing/webhook-signature.ts";
import { NOTIFICATION_KINDS, NOTIFICATION_RULES } from "../../vocabulary/notification.ts";
import { MEMBER_ROLES, VERBS_OF_ROLE } from "../../vocabulary/organisation.ts";
import type { Database } from "../database/database.ts";
import {
  forgetAnnouncements,
  leaseDeliveries,
  settleDelivery,
  takeAnnouncements,
  type Audience,
  type LeasedDelivery,
  type Settlement,
} from "./courier-store.ts";
import { mailOf, webhookBodyOf } from "./notification-words.ts";
import { openWebhookSeal } from "./webhook-seal.ts";

export type CourierParts = {
  readonly database: Database;
  readonly keys: KeyRing;
  /** Undefined = no mail goes out. */
  readonly mail: MailServer | undefined;
  readonly webhooks: Pick<WebhookSender, "send">;
  /** Of this server, as people reach it, without a slash at the end. */
  readonly serverUrl: () => string;
  readonly clock: () => number;
  readonly log: Pick<Logger, "warn">;
};

export type Courier = {
  /** One round: takes what was announced and tries what is due. The number of things it had in hand; 0 = nothing to do. */
  readonly round: (signal: AbortSignal) => Promise<number>;
  /** Goes round by itself until the returned function is called. */
  readonly start: () => () => Promise<void>;
};

const MINUTE_MS = 60_000;
/** The wait after each failed attempt; after the last attempt there is none. */
export const RETRY_AFTER_MS = [1, 5, 30, 120, 720].map((minutes) => minutes * MINUTE_MS);
/** Longer than the longest attempt of either channel. */
const LEASE_MS = 3 * MINUTE_MS;
const AT_ONCE = 8;
const ANNOUNCEMENTS_AT_ONCE = 50;
const IDLE_MS = 2_000;
const FORGET_EVERY_MS = 60 * MINUTE_MS;
const FORGET_AFTER_MS = 30 * 24 * 60 * MINUTE_MS;

/** Brings notifications to mailboxes and webhooks, at least once each. Any number of couriers may go round on one database. */
export function createCourier(parts: CourierParts): Courier {
  const { database, clock, log } = parts;
  let forgotAtMs = Number.NEGATIVE_INFINITY;

  async function round(signal: AbortSignal): Promise<number> {
    const taken = await takeAnnouncements(database, {
      atMs: clock(),
      limit: ANNOUNCEMENTS_AT_ONCE,
      audiences,
      hasMail: parts.mail !== undefined,
    });
    const leased = await leaseDeliveries(database, { atMs: clock(), leaseMs: LEASE_MS, limit: AT_ONCE });
    const ended = await Promise.allSettled(leased.map((delivery) => deliver(parts, delivery, signal)));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
    if (clock() - forgotAtMs > FORGET_EVERY_MS) {
      forgotAtMs = clock();
      await forgetAnnouncements(database, clock() - FORGET_AFTER_MS);
    }
    return taken + leased.length;
  }

  async function goRound(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let had = 0;
      try {
        had = await round(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: error }, "the courier's round failed; it goes again in 2 s");
      }
      if (had === 0) await delay(IDLE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    round,
    start: () => {
      const stop = new AbortController();
      const running = goRound(stop.signal);
      return async () => {
        stop.abort();
        await running;
      };
    },
  };
}

const audiences: readonly Audience[] = NOTIFICATION_KINDS.flatMap((kind) => {
  const { verb } = NOTIFICATION_RULES[kind];
  return MEMBER_ROLES.filter((role) => VERBS_OF_ROLE[role].includes(verb)).map((role) => ({
    kind,
    role,
    onlyCoordinators: verb === "installation.manage",
  }));
});

async function deliver(parts: CourierParts, delivery: LeasedDelivery, signal: AbortSignal): Promise<void> {
  const outcome = await attempt(parts, delivery, signal);
  await settleDelivery(parts.database, delivery, settlementOf(outcome, delivery.attempt, parts.clock()));
}

async function attempt(parts: CourierParts, delivery: LeasedDelivery, signal: AbortSignal): Promise<Delivery> {
  const { keys, mail, webhooks, clock } = parts;
  const pointer = {
    notificationId: delivery.notificationId,
    kind: delivery.kind,
    atMs: delivery.at.getTime(),
    serverUrl: parts.serverUrl(),
  };
  if (delivery.to.channel === "mail") {
    if (mail === undefined) return { kind: "delayed", reason: "no mail server is set (SMTP_URL)" };
    return mail.send({ id: delivery.id, to: delivery.to.address, ...mailOf(pointer) }, signal);
  }
  try {
    const { url, secret } = await openWebhookSeal(keys, delivery.to.sealed);
    const message = { id: delivery.id, timestamp: Math.floor(clock() / 1000), body: webhookBodyOf(pointer) };
    return await webhooks.send({ ...message, url: new URL(url), signature: webhookSignature(secret, message) }, signal);
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    return { kind: "refused", reason: "its secret was sealed with a key that is gone; add the webhook again" };
  }
}

function settlementOf(outcome: Delivery, attemptNumber: number, nowMs: number): Settlement {
  if (outcome.kind === "delivered") return { state: "delivered" };
  const wait = RETRY_AFTER_MS[attemptNumber - 1];
  if (outcome.kind === "refused" || wait === undefined) return { state: "failed", reason: outcome.reason };
  return { state: "waiting", reason: outcome.reason, nextAtMs: nowMs + wait };
}
