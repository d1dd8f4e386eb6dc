import { useId, useState } from "react";
import { turnPartnerKey, turnPartnerKeyBack, withdrawProposal } from "../../../contract/endpoints/partners.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { amountText, proposalNext, proposalShown } from "../../words/model-words.ts";
import { countText } from "../../words/count-text.ts";
import { type Model, type Proposal, useModelsChanged } from "./model-queries.ts";

type Side = "lab" | "government";

/** One proposal: what exactly is stated, and the two keys on it. A key falls on the very text that is shown. */
export function ProposalCard({
  model,
  proposal,
  mayDecide,
}: {
  readonly model: Model;
  readonly proposal: Proposal;
  readonly mayDecide: boolean;
}) {
  const id = useId();
  const task = useTask();
  const changed = useModelsChanged();
  const [isWithdrawing, setIsWithdrawing] = useState(false);
  const { organisation, purpose, budget, stated, statedSha256, state, keys, ownKey, proposedBy, proposedAtMs } = proposal;
  const name = organisation.name ?? "an organisation you do not know";
  const params = { proposal: proposal.id };
  const act = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    await task.run(work, said);
    await changed();
  };
  const turn = (): Promise<void> => act(() => ask(turnPartnerKey, { params, body: { statedSha256 } }), `Your key is turned for ${name}`);
  const turnBack = (): Promise<void> => act(() => ask(turnPartnerKeyBack, { params }), `Your key is turned back for ${name}`);
  const withdraw = (): Promise<void> => act(() => ask(withdrawProposal, { params }), `The proposal of ${name} is withdrawn`);
  const shown = proposalShown(state);
  const isOpen = state === "proposed" || state === "lab-key" || state === "government-key";
  const side = (which: Side) => (
    <Key
      side={which}
      model={model}
      turned={keys[which]}
      isOwn={ownKey === which}
      mayTurn={mayDecide && isOpen}
      isBusy={task.isBusy}
      name={name}
      onTurn={() => void turn()}
      onTurnBack={() => void turnBack()}
    />
  );
  return (
    <article className="proposal" aria-labelledby={id}>
      <header className="proposal-head">
        <h4 id={id}>{name}</h4>
        <State kind={shown.kind}>{shown.word}</State>
      </header>
      <p className="second">
        {purpose}. {countText(budget.requests, "request")} and {amountText(budget.tokens)} tokens at most. Proposed by{" "}
        {proposedBy.name ?? "an organisation"} <Instant ms={proposedAtMs} form="distance" />.
      </p>
      <div className="proposal-parts">
        <div>
          <p className="note">What both keys are turned on, word for word</p>
          <section className="proposal-text" aria-label={`What is stated for ${name}`}>
            {stated}
          </section>
          <p className="note">
            SHA-256 <CopyableId value={statedSha256} shown={`${statedSha256.slice(0, 16)}…`} />
          </p>
        </div>
        <div className="proposal-keys">
          {side("lab")}
          {side("government")}
          <p className="note proposal-next">{proposalNext(state)}</p>
        </div>
      </div>
      {task.error === undefined ? null : <Refusal title="That was not done" error={task.error} />}
      {mayDecide && ownKey !== undefined && (isOpen || state === "both" || state === "superseded") ? (
        <div className="proposal-foot">
          <Button size="row" label={`Withdraw the proposal of ${name}`} isDisabled={task.isBusy} onPress={() => setIsWithdrawing(true)}>
            Withdraw the proposal
          </Button>
        </div>
      ) : null}
      <Confirm
        isOpen={isWithdrawing}
        onClose={() => setIsWithdrawing(false)}
        title={`Withdraw the proposal of ${name}`}
        word="Withdraw the proposal"
        onConfirm={withdraw}
      >
        <p>Both keys on it count no more. You are asked for no reason, and it can be proposed again.</p>
      </Confirm>
    </article>
  );
}

function Key({
  side,
  model,
  turned,
  isOwn,
  mayTurn,
  isBusy,
  name,
  onTurn,
  onTurnBack,
}: {
  readonly side: Side;
  readonly model: Model;
  readonly turned: Proposal["keys"][Side];
  readonly isOwn: boolean;
  readonly mayTurn: boolean;
  readonly isBusy: boolean;
  readonly name: string;
  readonly onTurn: () => void;
  readonly onTurnBack: () => void;
}) {
  const holder = side === "lab" ? model.lab : model.desk;
  return (
    <section
      className={`partner-key${turned === undefined ? "" : " partner-key-turned"}`}
      aria-label={`${side === "lab" ? "Lab’s key" : "Government’s key"} for ${name}`}
    >
      <p className="note">{side === "lab" ? "Lab’s key" : "Government’s key"}</p>
      <p>
        <strong>{isOwn ? `Yours, ${holder.name ?? ""}` : (holder.name ?? (side === "lab" ? "the lab" : "the desk"))}</strong>
      </p>
      {turned === undefined ? (
        <p>
          <State kind="waits">not turned</State>
        </p>
      ) : (
        <p>
          <State kind="passed">turned</State> by {turned.by.name ?? "an organisation"} <Instant ms={turned.atMs} form="moment" />
        </p>
      )}
      {isOwn && mayTurn ? (
        turned === undefined ? (
          <Button label={`Turn your key for ${name}`} isDisabled={isBusy} onPress={onTurn}>
            Turn your key
          </Button>
        ) : (
          <Button size="row" label={`Turn it back: your key for ${name}`} isDisabled={isBusy} onPress={onTurnBack}>
            Turn it back
          </Button>
        )
      ) : null}
    </section>
  );
}
