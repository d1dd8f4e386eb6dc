import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { acceptInvitation, declineInvitation } from "../../../contract/endpoints/circles.ts";
import { Tick } from "../../forms/tick.tsx";
import { ask } from "../../server-client.ts";
import type { Session } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { AgreementText } from "./agreement.tsx";
import { type Circle, circleKeys, receivedInvitationsQuery } from "./circle-queries.ts";
import "../../forms/form-panel.css";
import "./circles.css";

/** What is offered and asked, and both answers. Whoever accepts has had the text before its eyes and says so. */
export function AnswerInvitation({
  circle,
  invitation,
  session,
}: {
  readonly circle: Circle;
  readonly invitation: string;
  readonly session: Session;
}) {
  const received = useQuery(receivedInvitationsQuery);
  const queryClient = useQueryClient();
  const task = useTask();
  const [isAcknowledged, setIsAcknowledged] = useState(false);
  const [isDeclining, setIsDeclining] = useState(false);
  const offer = received.data?.rows.find(({ id }) => id === invitation);
  const refresh = (): Promise<unknown> => Promise.all(circleKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  const accept = async (): Promise<void> => {
    const body = circle.agreement === undefined ? {} : { agreementSha256: circle.agreement.sha256 };
    await task.run(() => ask(acceptInvitation, { params: { invitation }, body }), `${session.acting.name} is in ${circle.name}`);
    await refresh();
  };
  const decline = async (): Promise<void> => {
    await task.run(() => ask(declineInvitation, { params: { invitation } }), "The invitation is declined");
    await refresh();
  };
  const isRenewal = circle.membership !== undefined && circle.membership.endedAtMs === undefined;
  const needsFactor = circle.conditions.needsSecondFactor && !session.secondFactor;
  return (
    <Section title="Invitation" note="For your organisation. Nothing is seen by it before it is accepted.">
      {received.isError ? (
        <Refusal title="The invitation could not be read" error={received.error} onRetry={() => void received.refetch()} />
      ) : offer === undefined ? (
        <Skeleton rows={2} what="the invitation" />
      ) : (
        <div className="stack">
          <p className="circle-terms">
            <strong>{circle.owner.name ?? "Its owner"}</strong> offers {session.acting.name} a membership{" "}
            {offer.memberUntilMs === undefined ? (
              "without an end"
            ) : (
              <>
                that ends <Instant ms={offer.memberUntilMs} />
              </>
            )}
            {offer.sponsor === undefined ? "" : `, with ${offer.sponsor.name ?? "an organisation you do not know"} as sponsor`}.{" "}
            {isRenewal ? "It takes the place of the one you have. " : ""}
            To be answered <Instant ms={offer.answerByMs} />.
          </p>
          {circle.agreement === undefined ? null : <AgreementText agreement={circle.agreement} />}
          <Tick isSelected={isAcknowledged} onChange={setIsAcknowledged}>
            {circle.agreement === undefined
              ? "I have read the purpose and the conditions, and accept them for my organisation."
              : "I have read the agreement and the conditions, and sign for my organisation."}
          </Tick>
          <div className="form-panel-buttons">
            <Button look="main" isDisabled={!isAcknowledged || task.isBusy || needsFactor} onPress={() => void accept()}>
              {circle.agreement === undefined ? "Accept the invitation" : "Accept and sign"}
            </Button>
            <Button isDisabled={task.isBusy} onPress={() => setIsDeclining(true)}>
              Decline
            </Button>
            {needsFactor ? (
              <span className="note">This circle needs a second factor: sign in by passkey to accept.</span>
            ) : isAcknowledged ? null : (
              <span className="note">Accepting needs the tick above.</span>
            )}
          </div>
          {task.error === undefined ? null : <Refusal title="The invitation was not answered" error={task.error} />}
        </div>
      )}
      <Confirm
        isOpen={isDeclining}
        onClose={() => setIsDeclining(false)}
        title={`Decline the invitation to ${circle.name}`}
        word="Decline the invitation"
        onConfirm={decline}
      >
        <p>{circle.owner.name ?? "Its owner"} is told that it was declined, and can invite again.</p>
      </Confirm>
    </Section>
  );
}
