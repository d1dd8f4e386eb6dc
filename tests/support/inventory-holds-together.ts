import assert from "node:assert/strict";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import type { Inventory } from "../../src/vocabulary/component.ts";

/** The result, or undefined when it was refused as a document may be; anything else is a bug of the reader. */
export function orRefusal<T>(read: () => T, label: string): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isCodedError(error, "document-invalid", "document-unknown", "document-too-large")) return undefined;
    throw new Error(label, { cause: error });
  } finally {
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false, label);
  }
}

/** What is looked up has bounded length, and holds no control character and no half of one beyond U+FFFF. */
const LOOKED_UP = /^[^\p{Cc}\p{Cs}]{0,4096}$/u;

/** Refs are unique and known, and no text is empty. */
export function assertHoldsTogether(inventory: Inventory, label: string): void {
  const refs = new Set(inventory.components.map((component) => component.ref));
  assert.equal(refs.size, inventory.components.length, `${label}: refs repeat`);
  assert.ok(!refs.has(""), `${label}: a component has the root's ref`);
  for (const { ref, ecosystem, packageType, name, version, place } of inventory.components) {
    for (const text of [ref, packageType, name, place]) assert.ok(typeof text === "string" && text !== "", `${label}: ${ref}`);
    if (ecosystem !== undefined)
      for (const text of [ecosystem, name, version ?? ""]) assert.match(text, LOOKED_UP, `${label}: ${ref.slice(0, 200)}`);
    for (const text of [ecosystem, version]) assert.ok(text === undefined || (typeof text === "string" && text !== ""), `${label}: ${ref}`);
  }
  for (const [from, targets] of inventory.dependencies) {
    assert.ok(from === "" || refs.has(from), `${label}: an edge from ${from}`);
    for (const { ref, range } of targets) {
      assert.ok(refs.has(ref), `${label}: an edge to ${ref}`);
      assert.ok(range === undefined || typeof range === "string", `${label}: a range of ${ref}`);
    }
  }
  for (const { place, reason } of inventory.problems) assert.ok(typeof place === "string" && reason !== "", `${label}: ${place}`);
}
