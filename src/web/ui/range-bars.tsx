import { Fragment, type ReactNode } from "react";
import { isDrawable, type AffectedAxis, type AffectedInterval, type AxisRow } from "../words/affected-axis.ts";
import { State } from "./state.tsx";
import "./range-bars.css";

const MOST_LABELS = 10;

/** One bar a source over the versions that matter, not to scale. A square end is included, a round end is not; the words below say the same. */
export function RangeBars({
  axis,
  nameOf,
}: {
  readonly axis: AffectedAxis;
  readonly nameOf: (row: AxisRow) => { readonly name: ReactNode; readonly note: ReactNode };
}) {
  const place = (version: string): number => (Math.max(0, axis.versions.indexOf(version)) / axis.versions.length) * 100;
  const every = Math.ceil(axis.versions.length / MOST_LABELS);
  const { outside } = axis;
  return (
    <div className="ranges">
      <div className="range-axis" aria-hidden="true">
        <div className="range-scale">
          {axis.versions.map((version, index) =>
            index % every === 0 || version === outside?.version ? (
              <code
                key={version}
                className={index === 0 ? "range-label range-label-first" : "range-label"}
                style={{ left: `${place(version)}%` }}
              >
                {version === "0" ? "first release" : version}
              </code>
            ) : null,
          )}
        </div>
      </div>
      <ul className="range-rows">
        {axis.rows.map((row) => {
          const { name, note } = nameOf(row);
          return (
            <li className="range-row" key={row.advisory}>
              <div className="range-source">
                <span className="range-name">{name}</span>
                <span className="note">{note}</span>
              </div>
              <div className="range-track">
                {outside === undefined ? null : <span className="range-outside" style={{ left: `${place(outside.version)}%` }} />}
                {axis.versions.map((version) => (
                  <span key={version} className="range-tick" style={{ left: `${place(version)}%` }} />
                ))}
                {row.intervals
                  .filter((interval) => isDrawable(axis, interval))
                  .map((interval) => (
                    <Bar
                      key={interval.text}
                      interval={interval}
                      isWithdrawn={row.isWithdrawn}
                      from={place(interval.lo)}
                      to={interval.hi === undefined ? 100 : place(interval.hi)}
                    />
                  ))}
                <RangeText row={row} from={row.intervals.length === 1 ? place(row.intervals[0]?.lo ?? "0") : 0} />
              </div>
            </li>
          );
        })}
      </ul>
      {outside === undefined ? null : (
        <p className="range-foot">{outside.isItself ? `${outside.version} on` : `above ${outside.version}`}: outside every range</p>
      )}
    </div>
  );
}

function Bar({
  interval,
  isWithdrawn,
  from,
  to,
}: {
  readonly interval: AffectedInterval;
  readonly isWithdrawn: boolean;
  readonly from: number;
  readonly to: number;
}) {
  return (
    <span
      className={`range-bar range-bar-${interval.hiKind}${isWithdrawn ? " range-bar-withdrawn" : ""}`}
      aria-hidden="true"
      style={{ left: `${from}%`, width: `${Math.max(0.6, to - from)}%` }}
    />
  );
}

function RangeText({ row, from }: { readonly row: AxisRow; readonly from: number }) {
  const shown = row.listed.slice(0, 6);
  return (
    <div className="range-text" style={{ marginLeft: `min(${from}%, calc(100% - 15em))` }}>
      {row.intervals.map(({ text }) => (
        <code key={text}>{text}</code>
      ))}
      {row.listedCount === 0 ? null : (
        <span className="note">
          {row.listedCount === 1 ? "one version listed" : `${row.listedCount} versions listed`}
          {shown.length === 0 ? "" : ": "}
          {shown.map((version, index) => (
            <Fragment key={version}>
              {index === 0 ? "" : ", "}
              <code>{version}</code>
            </Fragment>
          ))}
          {row.listedCount > shown.length && shown.length > 0 ? ", …" : ""}
        </span>
      )}
      {row.setAside.map((reason) => (
        <State key={reason} kind="cannot-compare">
          {reason}
        </State>
      ))}
      {row.intervals.length + row.listedCount + row.setAside.length === 0 ? <span className="note">names no version</span> : null}
    </div>
  );
}
