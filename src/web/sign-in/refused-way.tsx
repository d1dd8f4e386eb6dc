import { Refusal } from "../ui/notice.tsx";
import { StateShape } from "../ui/state.tsx";
import { NoPasskey } from "./passkey.ts";

/** Why a try to sign in or to enrol ended in nothing. */
export function RefusedWay({
  title,
  error,
  making = false,
}: {
  readonly title: string;
  readonly error: unknown;
  readonly making?: boolean;
}) {
  if (error === undefined) return null;
  if (!(error instanceof NoPasskey)) return <Refusal title={title} error={error} />;
  return (
    <div className="notice notice-refusal" role="alert">
      <StateShape kind="affected" />
      <div className="stack">
        <h3>{making ? "No passkey was made" : "No passkey for this address"}</h3>
        <p className="second">
          You are at <code>{location.host}</code>.{" "}
          {making
            ? "The browser or the device called it off. Nothing has changed; the link is still good."
            : "A passkey made at another address is not offered here. Check the address, or ask your administrator for an invitation."}
        </p>
      </div>
    </div>
  );
}
