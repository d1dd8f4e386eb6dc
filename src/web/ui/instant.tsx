import { useNow } from "../shell/now.tsx";
import { ageText, dayText, distanceText, instantText, momentText, readerZone, weekdayText } from "../words/instant-text.ts";
import "./instant.css";

type Form = "full" | "distance" | "moment" | "weekday" | "day" | "age";

/**
 * A moment in time. Short forms show the full one when pointed at or focused; `inRow` leaves the tab stop to the row's link,
 * and the full form then shows while that link has the keyboard.
 */
export function Instant({ ms, form = "full", inRow = false }: { readonly ms: number; readonly form?: Form; readonly inRow?: boolean }) {
  const nowMs = useNow();
  const zone = readerZone();
  const dateTime = new Date(ms).toISOString();
  const full = instantText(ms, nowMs, zone);
  if (form === "full") return <time dateTime={dateTime}>{full}</time>;
  const short = {
    distance: () => distanceText(ms, nowMs),
    moment: () => momentText(ms, nowMs, zone),
    weekday: () => weekdayText(ms, zone),
    day: () => dayText(ms, zone),
    age: () => ageText(ms, nowMs),
  }[form]();
  const long = form === "distance" ? momentText(ms, nowMs, zone) : full;
  return (
    <span
      className={`instant${inRow ? " instant-in-row" : ""}`}
      {...(inRow ? {} : { tabIndex: 0, role: "note", "aria-label": `${short}: ${long}` })}
    >
      <time dateTime={dateTime}>{short}</time>
      <span className="instant-full">{long}</span>
    </span>
  );
}
