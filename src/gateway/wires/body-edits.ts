import type { JsonSpan, MemberSpan, ObjectSpan } from "./json-spans.ts";

/** One place of a text and what stands there instead. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

export function replaced(span: JsonSpan, text: string): Edit {
  return { start: span.start, end: span.end, text };
}

/** Takes members out of an object and puts new ones at its start, with exactly the commas that go with them. */
export function changedMembers(object: ObjectSpan, removed: ReadonlySet<MemberSpan>, added: readonly string[]): readonly Edit[] {
  const { members } = object;
  const lastKept = members.findLastIndex((member) => !removed.has(member));
  const edits: Edit[] = [];
  if (added.length > 0) {
    edits.push({ start: object.start + 1, end: object.start + 1, text: added.join(",") + (lastKept === -1 ? "" : ",") });
  }
  for (const [index, member] of members.entries()) {
    if (!removed.has(member) || index > lastKept) continue;
    edits.push({ start: member.start, end: members[index + 1]?.start ?? member.value.end, text: "" });
  }
  const [first, last] = [members[lastKept + 1], members.at(-1)];
  if (first !== undefined && last !== undefined) {
    edits.push({ start: members[lastKept]?.value.end ?? first.start, end: last.value.end, text: "" });
  }
  return edits;
}

/** The bytes with the edits made, which do not overlap. All other bytes are the same. */
export function edited(bytes: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes;
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(bytes.subarray(at, start), Buffer.from(text));
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}
