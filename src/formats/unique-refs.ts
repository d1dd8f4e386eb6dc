import type { Problem } from "../vocabulary/problem.ts";
import { describe } from "./json-reading.ts";

/**
 * The ref under which a component goes: its own, or its place when it has none. One that another component has already is
 * a problem and is told apart by its place; edges lead to the first.
 */
export function claimRef(taken: Set<string>, own: string | undefined, place: string, ownPlace: string, problems: Problem[]): string {
  let ref = own ?? place;
  if (taken.has(ref)) {
    if (own !== undefined)
      problems.push({ place: ownPlace, reason: `Expected an id that no earlier component has, found ${describe(own)}` });
    ref = `${ref}@${place}`;
    while (taken.has(ref)) ref += "'";
  }
  taken.add(ref);
  return ref;
}

/** `name@version`, and with the place where that is taken: two sources may have the same version of one name. */
export function refOf(taken: Set<string>, name: string, version: string | undefined, place: string): string {
  let ref = version === undefined ? name : `${name}@${version}`;
  if (taken.has(ref)) ref = `${ref} ${place}`;
  while (taken.has(ref)) ref += "'";
  taken.add(ref);
  return ref;
}
