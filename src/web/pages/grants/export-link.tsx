import { Download } from "lucide-react";
import { exportPath } from "./paths.ts";

/** Takes transcripts along, as JSON lines. The browser writes them to a file as they come. */
export function ExportLink({ grant, session }: { readonly grant: string; readonly session?: string }) {
  const what = session === undefined ? "all sessions" : "this session";
  return (
    <>
      <a className="button button-plain button-usual" href={exportPath(grant, session)} download="transcripts.ndjson">
        <Download size={14} strokeWidth={1.75} aria-hidden="true" />
        Export {what}
      </a>
      <p className="note">
        As JSON lines, the oldest first. The last line says <code>end</code>, or <code>more</code> and from where the API goes on. That it
        was exported is logged.
      </p>
    </>
  );
}
