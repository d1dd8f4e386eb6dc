import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { orderOf, type Order } from "../../src/matching/versions/encode-version.ts";
import { parseOrderStatement, type OrderStatement } from "../../src/matching/versions/order-statement.ts";
import type { VersionScheme } from "../../src/matching/versions/version-scheme.ts";

const REVERSED: Readonly<Record<Order, Order>> = { "<": ">", "=": "=", ">": "<" };

/** The statements of an `orderings.txt`, each with the line it stands on. */
export function readOrderings(file: URL): readonly (OrderStatement & { readonly line: number })[] {
  const found: (OrderStatement & { line: number })[] = [];
  for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
    const statement = parseOrderStatement(line);
    assert.ok(statement !== undefined, `${file.pathname}:${index + 1}: expected "a < b", found: ${line}`);
    if (statement !== "nothing") found.push({ ...statement, line: index + 1 });
  }
  return found;
}

/** Asserts that every statement holds in the scheme's order, read from left to right and from right to left. */
export function assertOrderings(file: URL, scheme: VersionScheme): void {
  const statements = readOrderings(file);
  assert.ok(statements.length > 0, `${file.pathname} states nothing`);
  for (const { a, order, b, line } of statements) {
    const place = `${file.pathname}:${line}: ${a} ${order} ${b}`;
    assert.equal(orderOf(a, b, scheme), order, place);
    assert.equal(orderOf(b, a, scheme), REVERSED[order], `${place}, reversed`);
  }
}
