/**
 * Threat: a statement that leaves its transaction or its role (COMMIT, SET ROLE, RESET, SET SESSION AUTHORIZATION) leaves every policy;
 * EXPLAIN ANALYZE counts the rows that a policy hides. Both drivers send one statement a message, so its first word decides what it can be.
 */
const allowedWords = new Set(["select", "insert", "update", "delete", "merge", "values", "with"]);

/** Throws for a statement that a transaction with a role must not send. */
export function assertAllowedStatement(text: string): void {
  const word = firstWord(text);
  if (!allowedWords.has(word))
    throw new Error(`statement not allowed: expected one of ${[...allowedWords].join(", ")} first, got "${word}"`);
}

function firstWord(text: string): string {
  const start = /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*/.exec(text)?.[0].length ?? 0;
  return (/^[a-z]+/i.exec(text.slice(start))?.[0] ?? "").toLowerCase();
}
