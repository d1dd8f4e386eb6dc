const UNATTENDED_AFTER_MS = 2 * 60_000;

let lastSeenAt = performance.now();

for (const sign of ["pointerdown", "keydown", "wheel", "touchstart"] as const) {
  addEventListener(
    sign,
    () => {
      lastSeenAt = performance.now();
    },
    { capture: true, passive: true },
  );
}

/** True when nobody has touched this page for a while. */
export function isUnattended(): boolean {
  return performance.now() - lastSeenAt > UNATTENDED_AFTER_MS;
}
