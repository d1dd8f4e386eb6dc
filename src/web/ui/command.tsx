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
        <Words text={text} />
      </code>
      <Button look="icon" size="row" label={`Copy ${text}`} onPress={copy}>
        <Copy size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className={short ? "visually-hidden" : "command-copy"}>{copied ? "Copied" : "Copy"}</span>
      </Button>
    </div>
  );
}

/** An option breaks before its hyphens, not behind them; a word that is longer than the line breaks anywhere. */
function Words({ text }: { readonly text: string }) {
  let at = 0;
  return text.split(/(?<= )/).map((word) => {
    const key = at;
    at += word.length;
    return (
      <span className="command-word" key={key}>
        {word}
      </span>
    );
  });
}
