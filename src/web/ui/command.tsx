import { Copy } from "lucide-react";
import { useCopy } from "./use-copy.ts";
import { Button } from "./button.tsx";
import "./command.css";

/** A command to run, with Copy at its right. `short` leaves the word beside the icon out, where room is short. */
export function Command({ text, short = false }: { readonly text: string; readonly short?: boolean }) {
  const { copied, copy } = useCopy(text, "Command");
  return (
    <div className="command">
      <code className="command-text">
        {text.startsWith("# ") ? null : (
          <span className="command-prompt" aria-hidden="true">
            ${" "}
          </span>
        )}
        {text}
      </code>
      <Button look="icon" size="row" label={`Copy ${text}`} onPress={copy}>
        <Copy size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className={short ? "visually-hidden" : "command-copy"}>{copied ? "Copied" : "Copy"}</span>
      </Button>
    </div>
  );
}
