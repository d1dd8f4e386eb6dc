import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Session } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { countText } from "../../words/count-text.ts";
import { stateShown } from "../../words/model-words.ts";
import { type Model, type Proposal, proposalsQuery, type Window } from "./model-queries.ts";
import { ProposalCard } from "./proposal-card.tsx";
import { ProposePartner } from "./propose-partner.tsx";

/** The partner stages and whom both sides choose for them, with both keys side by side. */
export function Partners({ model, session }: { readonly model: Model; readonly session: Session }) {
  const found = useQuery(proposalsQuery(model.id));
  const stages = model.windows.filter(({ kind }) => kind === "partner-stage").toSorted((a, b) => a.position - b.position);
  return (
    <Section
      title="Trusted partners"
      note="Lab and government each propose. A stage lets nobody in without both keys on organisation, purpose, time and budget."
    >
      {stages.length === 0 ? (
        <Empty title="No partner stage yet">
          <p>
            Add one as a window of the kind partner stage, from the planned release on. Then you and {model.desk.name ?? "the desk"} propose
            partners for it, and each side turns its own key.
          </p>
        </Empty>
      ) : found.data === undefined ? (
        found.isError ? (
          <Refusal title="The proposals could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={3} what="the proposals" rowHeight={54} />
        )
      ) : (
        <>
          {stages.map((stage) => (
            <Stage
              key={stage.id}
              model={model}
              stage={stage}
              proposals={found.data.rows.filter(({ window }) => window.id === stage.id)}
              mayDecide={session.verbs.includes("partner.decide") && model.withdrawnAtMs === undefined && stage.state !== "closed"}
            />
          ))}
          {found.data.next === undefined ? null : <p className="note">The newest 200 proposals are shown; the API lists the rest.</p>}
        </>
      )}
    </Section>
  );
}

function Stage({
  model,
  stage,
  proposals,
  mayDecide,
}: {
  readonly model: Model;
  readonly stage: Window;
  readonly proposals: readonly Proposal[];
  readonly mayDecide: boolean;
}) {
  const [isProposing, setIsProposing] = useState(false);
  const standing = proposals.filter(({ state }) => state !== "withdrawn");
  const shown = stateShown(stage.state);
  const withBoth = standing.filter(({ state }) => state === "both" || state === "admitted").length;
  return (
    <section className="partner-stage" aria-label={stage.name}>
      <div className="partner-stage-head">
        <h3>
          Stage {stage.position}: {stage.name}
        </h3>
        <p className="second">
          <State kind={shown.kind}>{shown.word}</State>, {stage.state === "agreed" ? "opens " : "opened "}
          <Instant ms={stage.firstOpenedMs ?? stage.opens.at.instantMs} />. {countText(standing.length, "proposal")}, {withBoth} with both
          keys.
        </p>
      </div>
      {standing.map((proposal) => (
        <ProposalCard key={proposal.id} model={model} proposal={proposal} mayDecide={mayDecide} />
      ))}
      {proposals.length === standing.length ? null : (
        <p className="note">{countText(proposals.length - standing.length, "proposal")} withdrawn or replaced.</p>
      )}
      {isProposing ? (
        <ProposePartner model={model} stage={stage} onClose={() => setIsProposing(false)} />
      ) : mayDecide ? (
        <div className="section-acts">
          <Button label={`Propose a partner for ${stage.name}`} onPress={() => setIsProposing(true)}>
            Propose a partner
          </Button>
        </div>
      ) : null}
    </section>
  );
}
