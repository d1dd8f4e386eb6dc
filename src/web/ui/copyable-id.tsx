import { Copy } from "lucide-react";
import { Button } from "./button.tsx";
import { useCopy } from "./use-copy.ts";
import "./copyable-id.css";

/** An id, hash or purl that is copied with one press. `shown` is a shorter form of it. */
export function CopyableId({ value, shown = value }: { readonly value: string; readonly shown?: string }) {
  const { copied, copy } = useCopy(value, value);
  return (
    <span className="copyable-id">
      <code title={shown === value ? undefined : value}>{shown}</code>
      <Button look="icon" size="row" label={`Copy ${value}`} onPress={copy}>
        {copied ? <span className="copyable-done">Copied</span> : <Copy size={13} strokeWidth={1.75} aria-hidden="true" />}
      </Button>
    </span>
  );
}
