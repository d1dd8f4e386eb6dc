import { useId, type ReactNode } from "react";
import "./section.css";

/** A part of a page: its head hangs at the left with one note under it, above the body where there is no room. */
export function Section({ title, note, children }: { readonly title: string; readonly note?: ReactNode; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <p className="note">{note}</p>}
      </div>
      <div className="section-body">{children}</div>
    </section>
  );
}
