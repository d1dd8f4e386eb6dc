/** Reads what this browser was asked to keep; undefined where it keeps nothing. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    // Storage is switched off here: the choice lasts as long as the page.
    return undefined;
  }
}

/** Keeps `value` in this browser, or forgets it. */
export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // As in `recall`.
  }
}
