import { Copy, Printer } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { useCopy } from "../ui/use-copy.ts";

/** Codes that are shown this once. */
export function RecoveryCodes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const { copied, copy } = useCopy(codes.join("\n"), "Ten recovery codes");
  return (
    <div>
      <p>They are shown this once. Each signs you in once where passkeys cannot work, and shows nothing above the level notice.</p>
      <ul className="sign-in-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="account-buttons no-print">
        <Button onPress={copy}>
          <Copy size={14} strokeWidth={1.75} aria-hidden="true" />
          {copied ? "Copied" : "Copy all"}
        </Button>
        <Button onPress={() => print()}>
          <Printer size={14} strokeWidth={1.75} aria-hidden="true" />
          Print
        </Button>
        <Button look="main" onPress={onKept}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
