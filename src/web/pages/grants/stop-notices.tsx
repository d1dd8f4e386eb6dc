import { useQuery } from "@tanstack/react-query";
import { Instant } from "../../ui/instant.tsx";
import { StateShape } from "../../ui/state.tsx";
import { stoppedText } from "../../words/grant-words.ts";
import { stopsQuery } from "../models/model-queries.ts";
import type { Grant } from "./grant-queries.ts";

/** What is stopped now, by whom and since when, before anything else of the page. */
export function StopNotices({ grant }: { readonly grant: Grant }) {
  const found = useQuery({ ...stopsQuery(grant.model.id), refetchInterval: 15_000 });
  const standing = (found.data?.rows ?? []).filter(
    ({ liftedAtMs, organisation }) => liftedAtMs === undefined && (organisation === undefined || organisation.id === grant.organisation.id),
  );
  return standing.map((stop) => (
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
