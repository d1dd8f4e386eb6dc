import { useEffect, useState } from "react";
import { useAnnounce } from "../shell/announcer.tsx";

/** Copies `text` and says so in the live region; `copied` holds for two seconds. */
export function useCopy(text: string, what: string): { readonly copied: boolean; readonly copy: () => void } {
  const [copied, setCopied] = useState(false);
  const announce = useAnnounce();
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    // Over plain http from another machine there is no clipboard to write to.
    const written = navigator.clipboard === undefined ? copyBySelection(text) : navigator.clipboard.writeText(text).then(() => true, () => copyBySelection(text));
    void Promise.resolve(written).then((done) => {
      setCopied(done);
      announce(done ? `${what} copied` : `${what} could not be copied: this browser does not allow it here`);
    });
  };
  return { copied, copy };
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
