import type { ReactNode } from "react";
import "./state.css";

export type StateKind = keyof typeof shapes;

/** What a thing is, as shape + word + colour; it reads in black and white too. `washed` is for the one state that governs the page. */
export function State({
  kind,
  children,
  washed = false,
}: {
  readonly kind: StateKind;
  readonly children: ReactNode;
  readonly washed?: boolean;
}) {
  return (
    <span className={`state state-${kind}${washed ? " state-washed" : ""}`}>
      <StateShape kind={kind} />
      <span className="state-word">{children}</span>
    </span>
  );
}

/** The shape alone; a word must stand beside it. */
export function StateShape({ kind }: { readonly kind: StateKind }) {
  return (
    <svg className={`state-shape state-${kind}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
      {shapes[kind]}
    </svg>
  );
}

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.5 } as const;
const unequal = <path {...line} strokeWidth={1.2} d="M3.5 5h5M3.5 7.5h5M7.3 3.4 4.8 9" />;
const frame = <rect {...line} strokeWidth={1.2} x="0.6" y="0.6" width="10.8" height="10.8" rx="0.8" />;
const tick = "M3.4 6.2 5.3 8l3.4-3.8";

const shapes = {
  exploited: <path fill="currentColor" d="M6 .6 11.4 6 6 11.4.6 6z" />,
  affected: <path fill="currentColor" d="M6 .8 11.6 11H.4z" />,
  due: <path fill="currentColor" d="M6 .8 11.6 11H.4z" />,
  proven: (
    <>
      <circle cx="6" cy="6" r="5.6" fill="currentColor" />
      <path className="state-inner" fill="none" strokeWidth="1.5" d={tick} />
    </>
  ),
  "no-fix": (
    <>
      <circle {...line} cx="6" cy="6" r="4.9" />
      <path {...line} d="M2.7 9.3 9.3 2.7" />
    </>
  ),
  refuted: (
    <>
      <circle {...line} cx="6" cy="6" r="4.9" />
      <path {...line} d="M2.7 9.3 9.3 2.7" />
    </>
  ),
  flaky: <path {...line} strokeWidth={1.7} d="M.6 8.4 3.4 4.2l2.6 4 2.6-4 2.8 4.2" />,
  blocked: (
    <>
      <rect x=".8" y=".8" width="10.4" height="10.4" fill="currentColor" />
      <path className="state-inner" strokeWidth="1.6" d="M3.4 6h5.2" />
    </>
  ),
  "not-executed": <circle {...line} cx="6" cy="6" r="4.9" strokeDasharray="2 2.1" />,
  "cannot-say": (
    <>
      {frame}
      <path {...line} strokeWidth={1.1} d="M1 5.4 5.4 1M1 9.4 9.4 1M2.6 11 11 2.6M6.6 11 11 6.6" />
    </>
  ),
  "cannot-compare": (
    <>
      {frame}
      {unequal}
    </>
  ),
  disagree: (
    <>
      {frame}
      {unequal}
    </>
  ),
  "in-force": (
    <>
      <circle {...line} cx="6" cy="6" r="4.9" />
      <path fill="currentColor" d="M6 1.1a4.9 4.9 0 0 1 0 9.8z" />
    </>
  ),
  waits: <circle {...line} cx="6" cy="6" r="4.4" />,
  opened: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  passed: <path {...line} strokeWidth={1.7} d="M1.4 6.6 4.4 9.4 10.6 2.4" />,
} as const;
