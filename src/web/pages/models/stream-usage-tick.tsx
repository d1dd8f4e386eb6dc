import { Tick } from "../../forms/tick.tsx";

/** Whether the gateway asks a version's server what each stream used: for models on the OpenAI wire. */
export function StreamUsageTick({ isAsked, onChange }: { readonly isAsked: boolean; readonly onChange: (isAsked: boolean) => void }) {
  return (
    <Tick
      isSelected={isAsked}
      onChange={onChange}
      hint="Without it, for a server that refuses stream_options, a stream that does not state its usage is charged in full, as reserved."
    >
      Ask this server for the usage of streams
    </Tick>
  );
}
