import { setTimeout as pause } from "node:timers/promises";

/** What `ask` gives once it gives something; gives up with what it gave last. */
export async function until<T>(what: string | (() => string), ask: () => Promise<T | undefined>, limitMs = 150_000): Promise<T> {
  const endsAt = performance.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > endsAt) throw new Error(`it did not come: ${typeof what === "string" ? what : what()}`);
    await pause(50);
  }
}
