import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { closeCircle, leaveCircle } from "../../../contract/endpoints/circles.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { type Circle, circleKeys } from "./circle-queries.ts";
import "../../forms/form-panel.css";

/** What changes or ends it: for its owner, and for a member that leaves. */
export function CircleActs({
  circle,
  mayManage,
  mayLeave,
  onChange,
}: {
  readonly circle: Circle;
  readonly mayManage: boolean;
  readonly mayLeave: boolean;
  readonly onChange: () => void;
}) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [asked, setAsked] = useState<"close" | "leave">();
  if (!mayManage && !mayLeave) return null;
  const act = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    await task.run(work, said);
    await Promise.all(circleKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
  const params = { circle: circle.id };
  return (
    <Section title="Change or end">
      <div className="form-panel-buttons">
        {mayManage ? <Button onPress={onChange}>Change the circle</Button> : null}
        {mayLeave ? (
          <Button look="end" onPress={() => setAsked("leave")}>
            Leave the circle
          </Button>
        ) : null}
        {mayManage ? (
          <Button look="end" onPress={() => setAsked("close")}>
            Close the circle
          </Button>
        ) : null}
      </div>
      {task.error === undefined ? null : <Refusal title="That was not done" error={task.error} />}
      <Confirm
        isOpen={asked === "leave"}
        onClose={() => setAsked(undefined)}
        title={`Leave ${circle.name}`}
        word="Leave the circle"
        isEnd
        onConfirm={() => act(() => ask(leaveCircle, { params }), `You are not in ${circle.name} any more`)}
      >
        <p>Your organisation sees nothing more by this circle from this moment. Only a new invitation leads back.</p>
      </Confirm>
      <Confirm
        isOpen={asked === "close"}
        onClose={() => setAsked(undefined)}
        title={`Close ${circle.name}`}
        word="Close the circle"
        isEnd
        onConfirm={() => act(() => ask(closeCircle, { params }), `${circle.name} is closed`)}
      >
        <p>Nobody sees anything by it from this moment, and stages that would open to it open to nobody. It cannot be opened again.</p>
      </Confirm>
    </Section>
  );
}
