import { setTimeout as sleep } from "node:timers/promises";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { OwnedDatabase } from "./database.ts";
import { withConnection } from "./postgres-connection.ts";
import { identifier, sql } from "./sql.ts";
import { isStatementError } from "./statement-error.ts";

/** What a login for requests may become, and nothing else. */
const REQUEST_ROLES = ["sluice_actor", "sluice_reader"] as const;

/**
 * Makes the login of `requestUrl` a member of the two roles that requests act as. To be called once the schema is there.
 * @throws CodedError `database-unavailable` for a login that owns a table, passes policies, or may become more than that
 */
export async function admitRequestLogin(database: OwnedDatabase, requestUrl: string): Promise<void> {
  const name = await withConnection({ connectionString: requestUrl }, async (client) => {
    const { rows } = await client.query<{ name: string }>("select session_user::text as name");
    return rows[0]?.name ?? "";
  });
  for (const role of REQUEST_ROLES) await grantOnce(database, role, name);
  const [login] = await database.asOwner((transaction) =>
    transaction.query<{ powerful: boolean; owns: boolean; others: readonly string[] }>(sql`
      select r.rolsuper or r.rolbypassrls or r.rolcreaterole as powerful,
        exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relowner = r.oid) as owns,
        array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
              where m.member = r.oid and g.rolname <> all (${[...REQUEST_ROLES]}::text[])) as others
      from pg_roles r where r.rolname = ${name}`),
  );
  if (login !== undefined && !login.powerful && !login.owns && login.others.length === 0) return;
  throw new CodedError(
    "database-unavailable",
    `DATABASE_REQUEST_URL: expected a login that owns no table, passes no policy and is a member of ${REQUEST_ROLES.join(" and ")} alone, got ${name}. docs/how-to/postgresql.md makes one`,
    { place: "DATABASE_REQUEST_URL" },
  );
}

/** Two databases of one cluster may do so in one moment; the second finds it done. */
async function grantOnce(database: OwnedDatabase, role: string, login: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const [held] = await database.asOwner((transaction) =>
      transaction.query<{ member: boolean }>(sql`
        select exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member
                       where g.rolname = ${role} and r.rolname = ${login}) as member`),
    );
    if (held?.member === true) return;
    try {
      await database.asOwner((transaction) => transaction.script(`grant ${identifier(role).text} to "${login.replaceAll('"', '""')}"`));
    } catch (error) {
      if (attempt === 5 || !isStatementError(error, "XX000", "23505")) throw error;
      await sleep(50);
    }
  }
}
