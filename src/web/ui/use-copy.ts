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
  const copy = async () => {
    const done = await writeClipboard(text);
    setCopied(done);
    announce(done ? `${what} copied` : `${what} could not be copied: this browser does not allow it here`);
  };
  return { copied, copy: () => void copy() };
}

async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain http from another machine there is no such clipboard; a selection may still be copied.
    return copyBySelection(text);
  }
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
