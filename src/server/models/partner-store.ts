import type { KeySide } from "../../coordination/window/both-keys.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";
import type { WindowFactsRow } from "./window-facts.ts";
import { windowFactColumns, type WindowKey } from "./window-store.ts";

export type ProposalRow = WindowFactsRow & {
  readonly organisation_id: string;
  readonly id: string;
  readonly window_id: string;
  readonly window_name: string;
  readonly enrolment_id: string;
  readonly model_name: string;
  readonly desk_organisation_id: string;
  readonly partner_organisation_id: string;
  readonly partner_name: string | null;
  readonly purpose: string;
  readonly proposal_closes_at: Date | null;
  readonly proposal_closes_zone: string | null;
  readonly budget_requests: number;
  readonly budget_tokens: number;
  readonly requests_per_minute: number;
  readonly stated: string;
  readonly stated_sha256: Uint8Array;
  readonly proposed_by_organisation_id: string;
  readonly proposed_by_name: string | null;
  readonly proposed_by_person_id: string;
  readonly proposed_at: Date;
  readonly terms_version: number;
  readonly withdrawn_at: Date | null;
  readonly grant_id: string | null;
};

const selected = sql`select p.organisation_id, p.id, p.window_id, w.name as window_name, p.enrolment_id, e.name as model_name, p.desk_organisation_id,
    p.partner_organisation_id, o.name as partner_name, p.purpose, p.closes_at as proposal_closes_at, p.closes_zone as proposal_closes_zone,
    p.budget_requests, p.budget_tokens, p.requests_per_minute, p.stated, p.stated_sha256, p.proposed_by_organisation_id, b.name as proposed_by_name,
    p.proposed_by_person_id, p.proposed_at, p.terms_version, p.withdrawn_at, p.grant_id, ${windowFactColumns}`;
const around = sql`join access_window w on w.organisation_id = p.organisation_id and w.id = p.window_id
  join enrolment e on e.organisation_id = p.organisation_id and e.id = p.enrolment_id
  left join organisation o on o.id = p.partner_organisation_id
  left join organisation b on b.id = p.proposed_by_organisation_id`;

/** The newest first, as far as the actor sees them. */
export async function readProposals(
  transaction: Transaction,
  { lab, model, window }: { readonly lab: string; readonly model: string; readonly window: string | undefined },
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly ProposalRow[]> {
  const behind = after === undefined ? sql`true` : sql`(p.proposed_at, p.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<ProposalRow>(
    sql`${selected} from (
          select * from partner_proposal p
          where p.organisation_id = ${lab} and p.enrolment_id = ${model} and ${window === undefined ? sql`true` : sql`p.window_id = ${window}`} and ${behind}
          order by p.proposed_at desc, p.id desc limit ${limit}) p
        ${around} order by p.proposed_at desc, p.id desc`,
  );
}

export async function findProposal(transaction: Transaction, id: string): Promise<ProposalRow | undefined> {
  const [row] = await transaction.query<ProposalRow>(sql`${selected} from partner_proposal p ${around} where p.id = ${id}`);
  return row;
}

/** Keeps one that stands and is no grant as it is until the transaction ends; against the custodian, and the other side. */
export async function lockProposal(transaction: Transaction, lab: string, id: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`select id from partner_proposal where organisation_id = ${lab} and id = ${id} and withdrawn_at is null and grant_id is null for update`,
  );
  return rows.length === 1;
}

export type NewProposal = {
  readonly id: string;
  readonly lab: string;
  readonly window: string;
  readonly model: string;
  readonly desk: string;
  readonly partner: string;
  readonly purpose: string;
  readonly closes: { readonly instantMs: number; readonly zone: string } | undefined;
  readonly budget: { readonly requests: number; readonly tokens: number };
  readonly requestsPerMinute: number;
  readonly stated: string;
  readonly statedSha256: Uint8Array;
  readonly termsVersion: number;
  readonly by: { readonly organisation: string; readonly person: string };
  readonly atMs: number;
};

export async function insertProposal(transaction: Transaction, proposal: NewProposal): Promise<void> {
  const { closes, budget, by } = proposal;
  await transaction.run(
    sql`insert into partner_proposal (organisation_id, id, window_id, enrolment_id, desk_organisation_id, partner_organisation_id, purpose, closes_at,
          closes_zone, budget_requests, budget_tokens, requests_per_minute, stated, stated_sha256, proposed_by_organisation_id, proposed_by_person_id, proposed_at,
          terms_version)
        values (${proposal.lab}, ${proposal.id}, ${proposal.window}, ${proposal.model}, ${proposal.desk}, ${proposal.partner}, ${proposal.purpose},
          ${closes === undefined ? null : new Date(closes.instantMs)}, ${closes?.zone ?? null}, ${budget.requests}, ${budget.tokens},
          ${proposal.requestsPerMinute}, ${proposal.stated}, ${proposal.statedSha256}, ${by.organisation}, ${by.person}, ${new Date(proposal.atMs)},
          ${proposal.termsVersion})`,
  );
}

/** The standing one of an organisation in a stage, if there is one that is no grant. */
export async function findStanding(
  transaction: Transaction,
  { lab, window }: WindowKey,
  partner: string,
): Promise<ProposalRow | undefined> {
  const [row] = await transaction.query<ProposalRow>(
    sql`${selected} from partner_proposal p ${around}
        where p.organisation_id = ${lab} and p.window_id = ${window} and p.partner_organisation_id = ${partner} and p.withdrawn_at is null`,
  );
  return row;
}

export async function markProposalWithdrawn(transaction: Transaction, lab: string, id: string, atMs: number): Promise<boolean> {
  const changed = await transaction.run(
    sql`update partner_proposal set withdrawn_at = ${new Date(atMs)}
        where organisation_id = ${lab} and id = ${id} and withdrawn_at is null and grant_id is null`,
  );
  return changed === 1;
}

/** As it is called, for a text that both sides are to read alike; whoever asks for it has not met it yet. */
export async function readPartnerName(database: Database, organisation: string): Promise<string | undefined> {
  const [row] = await database.query<{ name: string }>("custodian", sql`select name from organisation where id = ${organisation}`);
  return row?.name;
}

export type KeyRow = {
  readonly proposal_id: string;
  readonly side: KeySide;
  readonly stated_sha256: Uint8Array;
  readonly turned_by_organisation_id: string;
  readonly turned_by_name: string | null;
  readonly turned_at: Date;
};

export async function readKeys(transaction: Transaction, lab: string, proposals: readonly string[]): Promise<readonly KeyRow[]> {
  return transaction.query<KeyRow>(
    sql`select k.proposal_id, k.side, k.stated_sha256, k.turned_by_organisation_id, o.name as turned_by_name, k.turned_at
        from partner_key k left join organisation o on o.id = k.turned_by_organisation_id
        where k.organisation_id = ${lab} and k.proposal_id = any (${[...proposals]}::uuid[]) order by k.proposal_id, k.side`,
  );
}

export async function insertKey(
  transaction: Transaction,
  { lab, proposal, desk }: { readonly lab: string; readonly proposal: string; readonly desk: string },
  key: {
    readonly side: KeySide;
    readonly sha256: Uint8Array;
    readonly organisation: string;
    readonly person: string;
    readonly atMs: number;
  },
): Promise<void> {
  await transaction.run(
    sql`insert into partner_key (organisation_id, proposal_id, side, desk_organisation_id, stated_sha256, turned_by_organisation_id, turned_by_person_id, turned_at)
        values (${lab}, ${proposal}, ${key.side}, ${desk}, ${key.sha256}, ${key.organisation}, ${key.person}, ${new Date(key.atMs)})`,
  );
}

export async function deleteKey(transaction: Transaction, lab: string, proposal: string, side: KeySide): Promise<boolean> {
  return (
    (await transaction.run(
      sql`delete from partner_key where organisation_id = ${lab} and proposal_id = ${proposal} and side = ${side}`,
    )) === 1
  );
}

/** For the custodian: proposals for a stage with a key of either side, kept as they are until the transaction ends. */
export async function takeAgreedProposals(
  transaction: Transaction,
  { lab, window }: WindowKey,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly ProposalRow[]> {
  const behind = after === undefined ? sql`true` : sql`(p.proposed_at, p.id) > (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<ProposalRow>(
    sql`${selected} from partner_proposal p ${around}
        where p.organisation_id = ${lab} and p.window_id = ${window} and p.withdrawn_at is null and p.grant_id is null
          and (select count(*) from partner_key k where k.organisation_id = p.organisation_id and k.proposal_id = p.id) = 2
          and ${behind}
        order by p.proposed_at, p.id limit ${limit} for update of p`,
  );
}

export async function markAdmitted(transaction: Transaction, lab: string, proposal: string, grant: string): Promise<void> {
  await transaction.run(sql`update partner_proposal set grant_id = ${grant} where organisation_id = ${lab} and id = ${proposal}`);
}
