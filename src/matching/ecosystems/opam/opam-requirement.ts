import { dpkg } from "../../versions/dpkg/dpkg.ts";
import { orderOf, type Order } from "../../versions/encode-version.ts";

const OPERATORS: ReadonlyMap<string, readonly Order[]> = new Map<string, readonly Order[]>([
  ["=", ["="]],
  ["!=", ["<", ">"]],
  ["<", ["<"]],
  ["<=", ["<", "="]],
  [">", [">"]],
  [">=", [">", "="]],
]);

/** Longer requirements are not read. */
const MAX_LENGTH = 4096;

/** The characters of a version by opam's manual: none of them is a colon, so that none has what dpkg would take for an epoch. */
export function isOpamVersion(version: string): boolean {
  return version.length <= 256 && /^[A-Za-z0-9_+.~-]+$/.test(version) && orderOf(version, version, dpkg) === "=";
}

/**
 * Whether opam takes a version for the formula of a `depends` entry, such as `>= "1.2" & < "2"`, its braces or not.
 * Undefined for parentheses, filters (`with-test`) and whatever else is no relation.
 */
export function requirementAdmits(requirement: string, version: string): boolean | undefined {
  if (!isOpamVersion(version) || requirement.length > MAX_LENGTH) return undefined;
  const formula = /^\s*\{(.*)\}\s*$/s.exec(requirement)?.[1] ?? requirement;
  // `&` binds closer than `|`.
  const alternatives = formula.split("|").map((part) => part.split("&").map((relation) => holds(relation, version)));
  if (alternatives.some((relations) => relations.includes(undefined))) return undefined;
  return alternatives.some((relations) => relations.every((held) => held === true));
}

function holds(relation: string, version: string): boolean | undefined {
  const [, operator = "", quoted, bare] = /^\s*(!?=|[<>]=?)\s*(?:"([^"]*)"|([^\s"]+))\s*$/.exec(relation) ?? [];
  const [orders, required] = [OPERATORS.get(operator), quoted ?? bare ?? ""];
  if (orders === undefined || !isOpamVersion(required)) return undefined;
  const order = orderOf(version, required, dpkg);
  return typeof order === "string" ? orders.includes(order) : undefined;
}
