import { useQueryClient } from "@tanstack/react-query";
import { signAgreement } from "../../../contract/endpoints/circles.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { type Circle, circleKeys } from "./circle-queries.ts";
import "./circles.css";

/** The text in force, and for a member that has not signed it, the way to. */
export function Agreement({ circle, maySign }: { readonly circle: Circle; readonly maySign: boolean }) {
  const queryClient = useQueryClient();
  const task = useTask();
  const { agreement, membership } = circle;
  if (agreement === undefined) return null;
  const isUnsigned = membership?.standing === "unsigned";
  const sign = async (): Promise<void> => {
    const body = { agreementSha256: agreement.sha256 };
    await task.run(() => ask(signAgreement, { params: { circle: circle.id }, body }), "The agreement is signed");
    await Promise.all(circleKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
  return (
    <div className="stack">
      <AgreementText agreement={agreement} />
      {isUnsigned && maySign ? (
        <div className="form-panel-buttons">
          <Button look="main" isDisabled={task.isBusy} onPress={() => void sign()}>
            Sign the agreement
          </Button>
          <span className="note">For your organisation, in your name. Until then nothing is seen by this circle.</span>
        </div>
      ) : null}
      {isUnsigned && !maySign ? <p className="note">One of your administrators can sign it.</p> : null}
      {task.error === undefined ? null : <Refusal title="It was not signed" error={task.error} />}
    </div>
  );
}

export function AgreementText({ agreement }: { readonly agreement: NonNullable<Circle["agreement"]> }) {
  return (
    <>
      <section className="agreement-text" aria-label="Text of the agreement">
        {agreement.text}
      </section>
      <p className="agreement-digest note">
        SHA-256 of this text in UTF-8: <CopyableId value={agreement.sha256} shown={`${agreement.sha256.slice(0, 16)}…`} />
      </p>
    </>
  );
}
