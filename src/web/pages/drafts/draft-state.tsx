import type { DraftState as Standing } from "../../../vocabulary/draft-advisory.ts";
import { State } from "../../ui/state.tsx";
import { STATE_WORDS } from "../../words/draft-words.ts";

const kinds = { open: "in-force", published: "opened", abandoned: "refuted" } as const;

export function DraftState({ state, washed = false }: { readonly state: Standing; readonly washed?: boolean }) {
  return (
    <State kind={kinds[state]} washed={washed}>
      {STATE_WORDS[state]}
    </State>
  );
}
