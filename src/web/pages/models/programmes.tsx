import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { acceptProgramme } from "../../../contract/endpoints/models.ts";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { countText } from "../../words/count-text.ts";
import { type Model, type Programme, programmesQuery, useModelsChanged } from "./model-queries.ts";

/** The records that bound testing windows, each with its citation; others that the lab could accept. */
export function Programmes({ model, mayChange }: { readonly model: Model; readonly mayChange: boolean }) {
  const known = useQuery({ ...programmesQuery, enabled: mayChange }).data?.rows ?? [];
  const [asked, setAsked] = useState<Programme>();
  const task = useTask();
  const changed = useModelsChanged();
  const offered = known.filter(({ id }) => model.programmes.every((record) => record.id !== id));
  const accept = async ({ id, name }: Programme): Promise<void> => {
    await task.run(
      () => ask(acceptProgramme, { params: { model: model.id }, body: { programme: id } }),
      `${name} is accepted for this model`,
    );
    await changed();
  };
  return (
    <Section
      title="What bounds it"
      note={
        model.side === "lab"
          ? "Going past a bound needs another record that you accept. You cannot be made to."
          : "Only the lab accepts another record."
      }
    >
      <ul className="programmes">
        {model.programmes.map((record) => (
          <Record key={record.id} record={record} />
        ))}
      </ul>
      {offered.length === 0 ? null : (
        <>
          <h3 className="programmes-more">Others known here, which bound nothing unless you accept them</h3>
          <ul className="programmes">
            {offered.map((record) => (
              <Record key={record.id} record={record}>
                <Button size="row" label={`Accept ${record.name}`} onPress={() => setAsked(record)}>
                  Accept
                </Button>
              </Record>
            ))}
          </ul>
        </>
      )}
      {task.error === undefined ? null : <Refusal title="It was not accepted" error={task.error} />}
      <Confirm
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={`Accept ${asked?.name ?? ""} for ${model.name}`}
        word="Accept the record"
        onConfirm={() => (asked === undefined ? undefined : accept(asked))}
      >
        <p>
          Testing windows of this model may then lie within {countText(asked?.days ?? 0, "day")} before your planned partner release. It
          opens nothing by itself: hours you have stated stay as they are. It cannot be taken back; you can still end access at any moment.
        </p>
      </Confirm>
    </Section>
  );
}

function Record({
  record: { name, title, citation, source, rule, days },
  children,
}: {
  readonly record: Programme;
  readonly children?: ReactNode;
}) {
  return (
    <li className="programme">
      <div>
        <p>
          <strong>{name}</strong>, {countText(days, "day")}: {title}
        </p>
        <p className="second">{rule}</p>
        <p className="note">
          {citation}.{source === "secondary" ? " Known from other texts; the instrument itself governs." : ""}
        </p>
      </div>
      {children}
    </li>
  );
}
