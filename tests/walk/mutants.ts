import type { OwnerTransaction } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";

/** A change to the schema by which need-to-know would be broken. */
export type Mutant = {
  readonly name: string;
  /** Where to look for it first. */
  readonly table: string;
  readonly script: string;
  /** It is about what may be written, so that is tried first. */
  readonly writes?: boolean;
};

type PolicyRow = {
  readonly policyname: string;
  readonly tablename: string;
  readonly permissive: string;
  readonly roles: string;
  readonly cmd: string;
  readonly qual: string | null;
  readonly with_check: string | null;
};

/** Each policy of a confidential table dropped, and each widened to let everything through: a new policy is two new mutants by itself. */
export async function policyMutants(transaction: OwnerTransaction, tables: readonly string[]): Promise<readonly Mutant[]> {
  const policies = await transaction.query<PolicyRow>(
    sql`select policyname::text, tablename::text, permissive, roles::text as roles, cmd, qual, with_check from pg_policies
        where schemaname = 'public' and tablename = any (${tables}::text[]) order by tablename, policyname`,
  );
  return policies.flatMap(({ policyname, tablename, qual, with_check, cmd }) => {
    const place = `"${policyname}" on "${tablename}"`;
    const name = `${policyname} on ${tablename}`;
    const widened: Mutant[] = [];
    if (qual !== null && qual !== "true")
      widened.push({
        name: `${name}: using (true)`,
        table: tablename,
        script: `alter policy ${place} using (true)`,
        writes: cmd !== "SELECT" && cmd !== "ALL",
      });
    // Where no check is stated, that of what is read holds for what is written.
    if ((with_check ?? "true") !== "true" || (with_check === null && cmd === "ALL" && qual !== "true"))
      widened.push({
        name: `${name}: with check (true)`,
        table: tablename,
        script: `alter policy ${place} with check (true)`,
        writes: true,
      });
    return [
      { name: `${name}: dropped`, table: tablename, script: `drop policy ${place}`, writes: cmd !== "SELECT" && cmd !== "ALL" },
      ...widened,
    ];
  });
}

/** What the functions behind the policies verify, each left out. The first text must stand in the function's source once. */
const ALTERATIONS: readonly {
  readonly name: string;
  readonly table: string;
  readonly of: string;
  readonly from: string;
  readonly to: string;
}[] = [
  {
    name: "the actor's seal is not verified",
    table: "organisation",
    of: "actor_claims()",
    from: "if not exists (\n    select from actor_key k",
    to: "if false and not exists (\n    select from actor_key k",
  },
  {
    name: "an actor that has expired is one",
    table: "organisation",
    of: "actor_claims()",
    from: "if claims[8]::bigint < extract(epoch from clock_timestamp()) * 1000 then",
    to: "if false then",
  },
  { name: "an actor is one after it was revoked", table: "organisation", of: "actor_claims()", from: " and m.revoked_at is null", to: "" },
  { name: "the floor is ignored", table: "draft_part", of: "actor_floor()", from: "(actor_claims())[5]::smallint", to: "1::smallint" },
  {
    name: "the second factor is taken for granted",
    table: "opening",
    of: "circles()",
    from: "(not c.needs_second_factor or claims[6] = 't')",
    to: "true",
  },
  { name: "a membership never expires", table: "opening", of: "circles()", from: " and at < m.expires_at", to: "" },
  { name: "a membership holds before it begins", table: "opening", of: "circles()", from: " and m.admitted_at <= at", to: "" },
  { name: "a revoked membership holds", table: "opening", of: "circles()", from: "and m.revoked_at is null", to: "" },
  { name: "a closed circle is in force", table: "opening", of: "circles()", from: "and c.closed_at is null", to: "" },
  {
    name: "an agreement that was not signed, or signed in another wording, is enough",
    table: "opening",
    of: "circles()",
    from: "c.agreement_sha256 is null or exists",
    to: "true or exists",
  },
  {
    name: "everybody's circles are mine",
    table: "opening",
    of: "circles()",
    from: "m.member_organisation_id = claims[3]::uuid",
    to: "true",
  },
  { name: "no organisation is excluded", table: "opening", of: "actor_excluded()", from: "(actor_claims())[11]::boolean", to: "false" },
  {
    name: "an exception counts for everybody",
    table: "opening",
    of: "actor_exceptions()",
    from: "where e.excepted_organisation_id = claims[3]::uuid",
    to: "",
  },
  {
    name: "a circle that lists nobody lists its members",
    table: "circle_member",
    of: "listed_circles()",
    from: " and c.members_listed",
    to: "",
  },
  { name: "the role is not the member's", table: "member", of: "actor_role()", from: "(actor_claims())[9]", to: "'administrator'" },
  { name: "everybody is a coordinator", table: "organisation", of: "actor_kind()", from: "(actor_claims())[10]", to: "'coordinator'" },
  {
    name: "an invitation that was answered still shows the circle",
    table: "circle",
    of: "invited_circles()",
    from: " and i.state = 'open'",
    to: "",
  },
  {
    name: "research is shown to whoever reads",
    table: "draft_research",
    of: "read_research(uuid,uuid,uuid)",
    from: "claims[9] not in ('administrator', 'editor')",
    to: "false",
  },
  {
    name: "research is shown at any floor",
    table: "draft_research",
    of: "read_research(uuid,uuid,uuid)",
    from: "claims[5] <> '1'",
    to: "false",
  },
  {
    name: "research is shown to whoever sees any level",
    table: "draft_research",
    of: "read_research(uuid,uuid,uuid)",
    from: "and o.level = 1)",
    to: ")",
  },
  {
    name: "whoever is no lab can offer a model",
    table: "enrolment",
    of: "desks()",
    from: "claims is null or claims[10] <> 'lab'",
    to: "claims is null",
  },
  {
    name: "a lab can offer a model to itself, or to a friend",
    table: "enrolment",
    of: "desks()",
    from: " where o.kind in ('coordinator', 'agency')",
    to: "",
  },
];

export async function functionMutants(transaction: OwnerTransaction): Promise<readonly Mutant[]> {
  const mutants: Mutant[] = [];
  for (const { name, table, of, from, to } of ALTERATIONS) {
    const [row] = await transaction.query<{ source: string }>(sql`select pg_get_functiondef(${of}::regprocedure) as source`);
    const parts = row?.source.split(from) ?? [];
    if (parts.length !== 2) throw new Error(`${of}: expected once "${from}", found ${parts.length - 1} times`);
    mutants.push({ name: `${of}: ${name}`, table, script: asOwnerOf(parts.join(to)) });
  }
  return mutants;
}

/** Clauses of the one policy that says who may see, each left out. */
export async function openingMutants(transaction: OwnerTransaction): Promise<readonly Mutant[]> {
  const [row] = await transaction.query<{ qual: string }>(
    sql`select qual from pg_policies where schemaname = 'public' and tablename = 'opening' and policyname = 'mine'`,
  );
  const clauses = [
    ["closes_at is ignored", /\(\( SELECT actor_clock\(\) AS actor_clock\) < closes_at\)/],
    ["exclusion is ignored", /\(NOT \( SELECT actor_excluded\(\) AS actor_excluded\)\)/],
    ["circles are ignored", /\(circle_id = ANY \(\( SELECT circles\(\) AS circles\)(::uuid\[\])?\)\)/],
  ] as const;
  return clauses.map(([name, pattern]) => {
    const altered = row?.qual.replace(pattern, "true") ?? "";
    if (altered === row?.qual) throw new Error(`the policy of openings: expected ${pattern}, got ${row.qual}`);
    return { name: `mine on opening: ${name}`, table: "opening", script: `alter policy mine on opening using (${altered})` };
  });
}

/** Replacing a function takes its owner, who may make nothing otherwise. */
function asOwnerOf(source: string): string {
  const definer = / SECURITY DEFINER/.test(source);
  if (!definer) return source;
  return `grant create on schema public to sluice_registrar; set local role sluice_registrar; ${source}; reset role; revoke create on schema public from sluice_registrar`;
}
