import type { KeyPlaceAnswer } from "../../contract/model-schemas.ts";
import { sql, type SqlQuery } from "../database/sql.ts";

/** A key by columns of the statement that asks: of a window's credential (`grant` is null then) or of a grant's record. */
export type KeyColumns = { readonly lab: SqlQuery; readonly window: SqlQuery; readonly grant: SqlQuery; readonly what: SqlQuery };

/**
 * The gateways of a lab's own where a key is, was or may have been, and which of them stated that it was destroyed, as far as the actor sees them:
 * JSON for `keyPlaceAnswers`. One gateway may have had several credentials, and is one by its own name.
 */
export function keyPlacesOf({ lab, window, grant, what }: KeyColumns): SqlQuery {
  const isOfKey = sql`h.organisation_id = ${lab} and h.window_id = ${window} and h.what = ${what} and h.grant_id is not distinct from ${grant}`;
  return sql`(select coalesce(json_agg(json_build_object('gateway', p.gateway, 'name', t.name, 'destroyedMs', p.destroyed_ms) order by p.gateway), '[]')::text
    from (
      select (array_agg(k.gateway order by k.destroyed_at desc nulls last, k.gateway))[1] as gateway,
        floor(extract(epoch from max(k.destroyed_at)) * 1000) as destroyed_ms
      from (
        select h.gateway, null::timestamptz as destroyed_at from key_place h where ${isOfKey}
        union all select h.gateway, h.destroyed_at from destruction_certificate h where h.gateway is not null and ${isOfKey}) k
      group by split_part(k.gateway, '/', 2)) p
    left join gateway t on t.organisation_id = ${lab} and t.id::text = split_part(p.gateway, '/', 1))`;
}

type PlaceRow = { readonly gateway: string; readonly name: string | null; readonly destroyedMs: number | null };

export function keyPlaceAnswers(text: string): KeyPlaceAnswer[] {
  // Put together by the statement above.
  return (JSON.parse(text) as readonly PlaceRow[]).map(({ gateway, name, destroyedMs }) => ({
    gateway,
    ...(name === null ? {} : { name }),
    ...(destroyedMs === null ? { state: "not-stated" } : { state: "destroyed", destroyedAtMs: destroyedMs }),
  }));
}

/** True when there is such a place and each has stated it: of what nobody stated anything nobody knows. */
export function isDestroyedEverywhere(places: readonly KeyPlaceAnswer[]): boolean {
  return places.length > 0 && places.every(({ state }) => state === "destroyed");
}
