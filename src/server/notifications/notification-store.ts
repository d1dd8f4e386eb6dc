import { randomUUID } from "node:crypto";
import type { DeliveryState } from "../../vocabulary/notification.ts";
import type { Caller } from "../http/caller.ts";
import type { Database, Row } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";

/** Whose rows these are; the database holds the caller to it. */
export type Asker = Pick<Caller, "organisation" | "person" | "actor">;

export type NotificationRow = {
  readonly id: string;
  readonly kind: string;
  readonly at: Date;
  readonly seen_at: Date | null;
  readonly record_organisation_id: string | null;
  readonly record_id: string | null;
} & Row;

export type NotificationFilter = { readonly kinds: readonly string[]; readonly unseen: boolean };
type PageFrom = { readonly after: TimePosition | undefined; readonly limit: number };

export async function readNotifications(
  database: Database,
  { organisation, person, actor }: Asker,
  { kinds, unseen, after, limit }: PageFrom & NotificationFilter,
): Promise<readonly NotificationRow[]> {
  const from = after === undefined ? sql`true` : sql`(n.at, n.id) < (${new Date(after.atMs)}, ${after.id}::uuid)`;
  const seen = sql`select s.seen_at from notification_seen s
    where s.organisation_id = n.organisation_id and s.notification_id = n.id and s.person_id = ${person}`;
  // Newest first by index, row after row until there are enough: what was seen is looked up for those alone.
  return database.query<NotificationRow>(
    actor,
    sql`select n.id, n.kind, n.at, (${seen}) as seen_at, n.record_organisation_id, n.record_id from notification n
        where n.organisation_id = ${organisation} and n.kind = any (${kinds}::text[]) and ${unseen ? sql`not exists (${seen})` : sql`true`} and ${from}
        order by n.at desc, n.id desc limit ${limit}`,
  );
}

export async function readNotification(
  database: Database,
  { organisation, person, actor }: Asker,
  id: string,
  kinds: readonly string[],
): Promise<NotificationRow | undefined> {
  const rows = await database.query<NotificationRow>(
    actor,
    sql`select n.id, n.kind, n.at, s.seen_at, n.record_organisation_id, n.record_id
        from notification n left join notification_seen s on s.organisation_id = n.organisation_id and s.notification_id = n.id and s.person_id = ${person}
        where n.organisation_id = ${organisation} and n.id = ${id} and n.kind = any (${kinds}::text[])`,
  );
  return rows[0];
}

export async function insertSeen(
  database: Database,
  { organisation, person, actor }: Asker,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  await database.transaction(actor, (transaction) =>
    transaction.run(
      sql`insert into notification_seen (organisation_id, notification_id, person_id, seen_at)
          select n.organisation_id, n.id, ${person}, ${at} from notification n
          where n.organisation_id = ${organisation} and n.id = any (${ids}::uuid[])
            and not exists (select from notification_seen s where s.organisation_id = n.organisation_id and s.notification_id = n.id and s.person_id = ${person})
          on conflict do nothing`,
    ),
  );
}

export async function readMail(
  database: Database,
  { organisation, person, actor }: Asker,
): Promise<{ readonly email: string | null; readonly wantsMail: boolean } | undefined> {
  const rows = await database.query<{ email: string | null; wants_mail: boolean | null } & Row>(
    actor,
    sql`select m.email, c.wants_mail from member m left join mail_choice c on c.organisation_id = m.organisation_id and c.person_id = m.person_id
        where m.organisation_id = ${organisation} and m.person_id = ${person}`,
  );
  const [row] = rows;
  return row === undefined ? undefined : { email: row.email, wantsMail: row.wants_mail ?? true };
}

export async function writeMailChoice(database: Database, { organisation, person, actor }: Asker, wantsMail: boolean): Promise<void> {
  await database.transaction(actor, (transaction) =>
    transaction.run(
      sql`insert into mail_choice (organisation_id, person_id, wants_mail) values (${organisation}, ${person}, ${wantsMail})
          on conflict (organisation_id, person_id) do update set wants_mail = excluded.wants_mail`,
    ),
  );
}

export type WebhookRow = { readonly id: string; readonly location: string; readonly created_at: Date } & Row;

export async function readWebhooks(database: Database, { organisation, actor }: Asker): Promise<readonly WebhookRow[]> {
  return database.query<WebhookRow>(
    actor,
    sql`select id, location, created_at from webhook where organisation_id = ${organisation} and removed_at is null order by created_at, id limit 100`,
  );
}

export async function insertWebhook(
  database: Database,
  { organisation, person, actor }: Asker,
  { location, sealed, at }: { readonly location: string; readonly sealed: Uint8Array; readonly at: Date },
): Promise<string | undefined> {
  const rows = await database.query<{ id: string } & Row>(
    actor,
    sql`insert into webhook (organisation_id, location, sealed, created_by, created_at)
        values (${organisation}, ${location}, ${sealed}, ${person}, ${at}) returning id`,
  );
  return rows[0]?.id;
}

/** False when there is none to remove. */
export async function removeWebhook(database: Database, { organisation, actor }: Asker, id: string, at: Date): Promise<boolean> {
  const touched = await database.transaction(actor, (transaction) =>
    transaction.run(
      sql`update webhook set removed_at = ${at} where organisation_id = ${organisation} and id = ${id} and removed_at is null`,
    ),
  );
  return touched === 1;
}

/** A notification of the kind `test` and its one delivery: to the asker's mailbox, or to a webhook that stands. False when there is no such webhook. */
export async function insertTest(
  database: Database,
  { organisation, person, actor }: Asker,
  webhook: string | undefined,
  at: Date,
): Promise<boolean> {
  return database.transaction(actor, async (transaction) => {
    if (webhook !== undefined) {
      const standing = sql`select id from webhook where organisation_id = ${organisation} and id = ${webhook} and removed_at is null`;
      if ((await transaction.query(standing)).length === 0) return false;
    }
    const notification = randomUUID();
    await transaction.run(
      sql`insert into notification (organisation_id, id, kind, level, at) values (${organisation}, ${notification}, 'test', 5, ${at})`,
    );
    await transaction.run(
      sql`insert into delivery (organisation_id, notification_id, person_id, webhook_id, next_at)
          values (${organisation}, ${notification}, ${webhook === undefined ? person : null}, ${webhook ?? null}, ${at})`,
    );
    return true;
  });
}

export type DeliveryRow = {
  readonly id: string;
  readonly notification_id: string;
  readonly webhook_id: string | null;
  readonly location: string | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly at: Date;
  readonly next_at: Date;
  readonly last_reason: string | null;
} & Row;

/** The asker's own and those to webhooks, of each the newest by index: what others get is never gone through. */
export async function readDeliveries(
  database: Database,
  { organisation, person, actor }: Asker,
  { state, after, limit }: PageFrom & { readonly state: DeliveryState | undefined },
): Promise<readonly DeliveryRow[]> {
  const at = sql`coalesce(d.tried_at, d.next_at)`;
  const from = after === undefined ? sql`true` : sql`(${at}, d.id) < (${new Date(after.atMs)}, ${after.id}::uuid)`;
  const wanted = state === undefined ? sql`true` : sql`d.state = ${state}`;
  const newest = (whose: SqlQuery): SqlQuery => sql`
    (select d.id, d.notification_id, d.webhook_id, d.state, d.attempts, ${at} as at, d.next_at, d.last_reason from delivery d
     where d.organisation_id = ${organisation} and ${whose} and ${wanted} and ${from} order by ${at} desc, d.id desc limit ${limit})`;
  return database.query<DeliveryRow>(
    actor,
    sql`select n.*, w.location
        from (${newest(sql`d.person_id = ${person}`)} union all ${newest(sql`d.person_id is null`)}) n
        left join webhook w on w.organisation_id = ${organisation} and w.id = n.webhook_id
        order by n.at desc, n.id desc limit ${limit}`,
  );
}

/** False when there is no failed one to begin anew. */
export async function restartDelivery(database: Database, { organisation, actor }: Asker, id: string, at: Date): Promise<boolean> {
  const touched = await database.transaction(actor, (transaction) =>
    transaction.run(
      sql`update delivery set state = 'waiting', attempts = 0, next_at = ${at} where organisation_id = ${organisation} and id = ${id} and state = 'failed'`,
    ),
  );
  return touched === 1;
}
