import { type CSSProperties, useId, useState } from "react";
import type { BoundSource } from "../../../vocabulary/access-window.ts";
import { useNow } from "../../shell/now.tsx";
import { Button } from "../../ui/button.tsx";
import { Clock } from "../../ui/clock.tsx";
import { clockText, momentText, readerZone, weekdayText } from "../../words/instant-text.ts";
import { boundName, boundPhrase, causeText } from "../../words/model-words.ts";
import { usedText, windowDays } from "../../words/window-days.ts";
import type { Model, Window } from "./model-queries.ts";
import { MoveRelease } from "./move-release.tsx";
import "./models.css";

/** The one clock of the page: when the window closes by itself, what set that, and every bound that was weighed. */
export function WindowClock({ model, window, mayMove }: { readonly model: Model; readonly window: Window; readonly mayMove: boolean }) {
  const [isMoving, setIsMoving] = useState(false);
  const id = useId();
  const isOver = window.closed !== undefined;
  return (
    <section className="window-clock section-ruled" aria-labelledby={id}>
      <h2 id={id} className="visually-hidden">
        The clock of {window.name}
      </h2>
      <div className="window-clock-row">
        <MainClock model={model} window={window} />
        <div>
          <Days model={model} window={window} />
          {isOver ? null : <Weighed model={model} window={window} />}
          {mayMove && !isOver && !isMoving ? (
            <p className="window-clock-move">
              {window.kind === "testing-window"
                ? "If you move the release later, the bound moves with it and is shown here before it does; going past its days needs another programme record that you accept."
                : "Stages that have not opened move with the release."}{" "}
              <Button look="quiet" size="row" onPress={() => setIsMoving(true)}>
                Change the date
              </Button>
            </p>
          ) : null}
        </div>
      </div>
      {isMoving ? <MoveRelease model={model} onClose={() => setIsMoving(false)} /> : null}
    </section>
  );
}

function MainClock({ model, window }: { readonly model: Model; readonly window: Window }) {
  const { state, opens, closes, closed } = window;
  if (closed !== undefined) {
    return (
      <Clock label="Closed" atMs={closed.atMs} size="page">
        It closed {causeText(closed.by)}, and stays closed: a new window needs a new offer.
      </Clock>
    );
  }
  if (state === "open" && closes !== undefined) {
    return (
      <Clock label="Closes by itself" atMs={closes.at.instantMs} size="page">
        <SetBy model={model} window={window} edge="closes" />
      </Clock>
    );
  }
  if (state === "open") {
    return (
      <div className="clock clock-page">
        <p className="clock-label">Closes</p>
        <p className="clock-left">at the lab’s word</p>
        <p className="clock-note">No hour is set and none bounds it.</p>
      </div>
    );
  }
  return (
    <Clock label={state === "waiting" ? "Opens again" : "Opens by itself"} atMs={opens.at.instantMs} size="page">
      <SetBy model={model} window={window} edge="opens" />
      {window.leavesNothing ? " It would close before it opens: as things stand it is not open again." : ""}
      {window.credential === "missing" ? " It opens only once its key is given." : ""}
    </Clock>
  );
}

function SetBy({ model, window, edge }: { readonly model: Model; readonly window: Window; readonly edge: "opens" | "closes" }) {
  const setting = window.bounds.filter((bound) => bound.edge === edge && bound.sets);
  const [first, ...more] = setting.map((bound) => phraseOf(model, bound));
  if (first === undefined) return null;
  return (
    <>
      Set by {first}
      {more.length === 0 ? "" : `. Also ${more.join(", and ")}`}.
    </>
  );
}

function phraseOf(model: Model, { by, edge, programme }: Window["opens"]): string {
  const record = model.programmes.find(({ id }) => id === programme);
  return boundPhrase(by, edge, model, record?.name, record?.days);
}

/** All bounds beside one another, the tightest first and marked. */
function Weighed({ model, window }: { readonly model: Model; readonly window: Window }) {
  const nowMs = useNow();
  const zone = readerZone();
  return (
    <ul className="weighed" aria-label="Bounds that were weighed, the tightest first">
      {window.bounds.map((bound) => {
        const record = model.programmes.find(({ id }) => id === bound.programme);
        const words = `${bound.edge === "opens" ? "Not before" : "Not after"} ${momentText(bound.at.instantMs, nowMs, zone)}`;
        return (
          <li
            key={`${bound.edge} ${bound.by} ${bound.programme ?? ""}`}
            className={`weighed-bound${bound.sets && bound.inForce ? " weighed-sets" : ""}`}
          >
            <span className="weighed-name">{boundName(bound.by, bound.edge, model, record?.name, record?.days)}</span>
            <span>
              {bound.inForce ? words : <s>{words}</s>}
              {bound.sets && bound.inForce ? (
                <span className="note"> sets when it {bound.edge}</span>
              ) : bound.inForce ? null : (
                <span className="note"> another record reaches further</span>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** So many squares stand on one line of a wide page, and now has its place under it. */
const ONE_LINE = 40;

/** One square a day, as a picture; the sentence behind it says the same. */
function Days({ model, window }: { readonly model: Model; readonly window: Window }) {
  const nowMs = useNow();
  const days = windowDays(window, model.programmes, nowMs);
  if (days === undefined) return null;
  const { squares, from, to, place, words } = days;
  return (
    <>
      <div className="day-squares" aria-hidden="true">
        {squares.map(({ number, look }) => (
          <span key={number} className={`day-square day-${look}`} />
        ))}
      </div>
      <div className={`day-marks${squares.length > ONE_LINE ? "" : " day-marks-line"}`} style={{ "--now": place } as CSSProperties}>
        <DayMark ms={from.ms} words={fromWords(model, window, from)} />
        {place > 0 && place < 1 && window.closed === undefined ? (
          <p className="day-mark-now">
            <strong>now</strong>
            <span>{usedText(window, nowMs)}</span>
          </p>
        ) : null}
        <DayMark ms={to.ms} words={toWords(model, to.by)} isEnd />
      </div>
      <p className="visually-hidden">{words}</p>
    </>
  );
}

function DayMark({ ms, words, isEnd = false }: { readonly ms: number; readonly words: string; readonly isEnd?: boolean }) {
  const zone = readerZone();
  return (
    <p className={isEnd ? "day-mark-end" : undefined}>
      <strong>{`${weekdayText(ms, zone, false)}, ${clockText(ms, zone)}`}</strong>
      <span>{words}</span>
    </p>
  );
}

/** Near enough to be one and the same for whoever looks at days. */
const NEAR_MS = 3_600_000;

function fromWords(model: Model, { firstOpenedMs, opens }: Window, { ms, by }: { readonly ms: number; readonly by: BoundSource }): string {
  const mine = model.side === "lab";
  if (firstOpenedMs !== undefined && Math.abs(firstOpenedMs - ms) < NEAR_MS) return mine ? "you opened it" : "it opened";
  if (by === "bound" && Math.abs(opens.at.instantMs - ms) >= NEAR_MS) return "the earliest its record allows";
  return "it opens";
}

function toWords(model: Model, by: BoundSource): string {
  const mine = model.side === "lab";
  switch (by) {
    case "release":
      return mine ? "partner release you plan" : "planned partner release";
    case "public-release":
      return mine ? "public release you plan" : "planned public release";
    case "lab":
      return mine ? "the hour you set" : "the hour the lab set";
    case "bound":
    case "first-opening":
      return "the end of its days";
  }
}
