import { Instant } from "../../ui/instant.tsx";
import { StateShape } from "../../ui/state.tsx";
import { stoppedText } from "../../words/grant-words.ts";
import type { Stop } from "../models/model-queries.ts";

/** What is stopped now, by whom and since when, before anything else of the page. */
export function StopNotices({ stops }: { readonly stops: readonly Stop[] }) {
  return stops.map((stop) => (
    <section key={stop.id} className="stopped" aria-label="Stopped now">
      <StateShape kind="blocked" />
      <div className="stack">
        <h2>{stoppedText(stop)}</h2>
        <p>
          By {stop.by.name ?? "the lab or the desk"}, <Instant ms={stop.stoppedAtMs} />: {stop.reason}
        </p>
        <p className="note">
          Calls are refused until {stop.by.name ?? "whoever stopped it"} lets it go on. Nothing is destroyed, and tokens stay as they are.
        </p>
      </div>
    </section>
  ));
}
