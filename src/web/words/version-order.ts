/**
 * An order of versions good enough to draw an axis by: numbers by value, a suffix of letters before none (`1.0.0-rc.1` before `1.0.0`).
 * No verdict is taken from it; those come from the server, which knows each ecosystem's own order.
 */
export function compareForDrawing(left: string, right: string): number {
  const a = tokens(left);
  const b = tokens(right);
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = compareTokens(a[at], b[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareTokens(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return isNumber(b) ? -1 : 1;
  if (b === undefined) return isNumber(a) ? 1 : -1;
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = [BigInt(a), BigInt(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
  return a < b ? -1 : 1;
}

function tokens(version: string): readonly string[] {
  return version.replace(/^v/i, "").replace(/\+.*$/, "").match(/\d+|[A-Za-z]+/g) ?? [];
}

function isNumber(token: string | undefined): boolean {
  return token !== undefined && /^\d+$/.test(token);
}
