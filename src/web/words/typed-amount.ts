/** A whole number as people type it: `500000`, `500,000`, `500 000`; undefined = it is none, or beyond what stays whole. */
export function readAmount(typed: string): number | undefined {
  const text = typed.trim();
  if (!/^(\d+|\d{1,3}([\s,.'’_]\d{3})+)$/.test(text)) return undefined;
  const amount = Number(text.replaceAll(/\D/g, ""));
  return amount >= 1 && Number.isSafeInteger(amount) ? amount : undefined;
}

export function amountProblem(typed: string): string | undefined {
  return typed.trim() === "" || readAmount(typed) !== undefined ? undefined : "Expected a whole number from 1, such as 100,000.";
}
