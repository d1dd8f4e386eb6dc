import { createContext, useContext, type ReactNode } from "react";
import { createPortal } from "react-dom";
import type { DraftLevel } from "../../vocabulary/level.ts";
import type { TlpLabel } from "../../vocabulary/tlp.ts";
import { useNow } from "../shell/now.tsx";
import { readerZone, weekdayText } from "../words/instant-text.ts";
import { LevelGauge } from "./level-gauge.tsx";
import "./marking-strip.css";

/** The shell's place for the strip, under the top bar. */
export const MarkingSlotContext = createContext<HTMLElement | null>(null);

export type MarkingStripProps = {
  readonly tlp: TlpLabel;
  /** The level at which the reader's organisation holds what the page shows. */
  readonly held: DraftLevel;
  readonly sinceMs?: number;
  /** At the right: what is logged, and who can see it. */
  readonly children?: ReactNode;
};

/** How what is on the page is marked, under the top bar of every confidential page. A page renders it anywhere within itself. */
export function MarkingStrip({ tlp, held, sinceMs, children }: MarkingStripProps) {
  const slot = useContext(MarkingSlotContext);
  const nowMs = useNow();
  if (slot === null) return null;
  return createPortal(
    <section className="strip" aria-label="Marking">
      <div className="shell-width strip-row">
        <strong className="marking-label">{tlp}</strong>
        <span>
          You hold <LevelGauge level={held} />
          {sinceMs === undefined ? null : ` since ${sinceText(sinceMs, nowMs)}`}
        </span>
        {children === undefined ? null : <span className="strip-end">{children}</span>}
      </div>
    </section>,
    slot,
  );
}

/** Under the top bar of pages about what somebody offered: whose terms hold, and what nothing on the page says. */
export function TermsStrip({ label, end, children }: { readonly label: string; readonly end: string; readonly children: ReactNode }) {
  const slot = useContext(MarkingSlotContext);
  if (slot === null) return null;
  return createPortal(
    <section className="strip" aria-label="Terms">
      <div className="shell-width strip-row">
        <strong>{label}</strong>
        <span>{children}</span>
        <span className="strip-end">{end}</span>
      </div>
    </section>,
    slot,
  );
}

function sinceText(sinceMs: number, nowMs: number): string {
  const zone = readerZone();
  return weekdayText(sinceMs, zone, new Date(sinceMs).getUTCFullYear() !== new Date(nowMs).getUTCFullYear());
}
