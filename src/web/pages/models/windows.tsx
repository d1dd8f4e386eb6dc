import { useState } from "react";
import { endWindow } from "../../../contract/endpoints/access-windows.ts";
import { ask } from "../../server-client.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/command.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { useTask } from "../../ui/use-task.ts";
import { credentialShown } from "../../words/key-place-words.ts";
import { endedText, kindText, stateShown } from "../../words/model-words.ts";
import { AddWindow } from "./add-window.tsx";
import { EndConsequences } from "./end-access.tsx";
import { ExtendWindow } from "./extend-window.tsx";
import { GiveCredential } from "./give-credential.tsx";
import { GrantForm } from "./grant-form.tsx";
import { type Model, useModelsChanged, type Window } from "./model-queries.ts";
import "./gateways.css";

type Doing = { readonly what: "add" } | { readonly what: "key" | "extend" | "grant"; readonly window: string } | undefined;

/** The testing window and the partner stages, each with its own key. `isFirst` = the model has just been offered. */
export function Windows({ model, mayChange, isFirst }: { readonly model: Model; readonly mayChange: boolean; readonly isFirst: boolean }) {
  const [doing, setDoing] = useState<Doing>(isFirst && model.windows.length === 0 ? { what: "add" } : undefined);
  const [ending, setEnding] = useState<Window>();
  const task = useTask();
  const changed = useModelsChanged();
  const close = (): void => setDoing(undefined);
  const about = doing === undefined || doing.what === "add" ? undefined : model.windows.find(({ id }) => id === doing.window);
  const end = async ({ id, name }: Window): Promise<void> => {
    await task.run(() => ask(endWindow, { params: { window: id } }), `${name} is ended, and ${endedText(model.custody, "its key")}`);
    await changed();
  };
  return (
    <Section
      title="Windows and stages"
      note={
        model.side === "lab"
          ? "Each is a grant of its own with a key of its own. Only you extend one, within every bound."
          : "Each has a key of its own. Only the lab extends one, within every bound."
      }
    >
      {model.windows.length === 0 && doing === undefined ? (
        <Empty title="No window yet">
          <p>
            {model.side === "lab"
              ? "Nothing can be reached until you add a window and give its key. It then opens by itself at its hour."
              : "The lab has added no window that you may know of. Nothing can be reached."}
          </p>
        </Empty>
      ) : null}
      {model.windows.length === 0 ? null : (
        <DataTable
          label="Windows and stages"
          columns={columnsOf(model, mayChange, { onDo: setDoing, onEnd: setEnding })}
          rows={model.windows.toSorted((a, b) => a.opens.at.instantMs - b.opens.at.instantMs)}
          rowId={({ id }) => id}
          rowSize="tall"
        />
      )}
      {mayChange && model.custody === "premises" ? <PremisesCommands windows={model.windows} /> : null}
      {mayChange && doing === undefined ? (
        <div className="section-acts">
          <Button onPress={() => setDoing({ what: "add" })}>Add a window</Button>
        </div>
      ) : null}
      {doing?.what === "add" ? <AddWindow model={model} onClose={close} /> : null}
      {about !== undefined && doing?.what === "key" ? <GiveCredential window={about} onClose={close} /> : null}
      {about !== undefined && doing?.what === "extend" ? <ExtendWindow window={about} onClose={close} /> : null}
      {about !== undefined && doing?.what === "grant" ? <GrantForm model={model} window={about} onClose={close} /> : null}
      {task.error === undefined ? null : <Refusal title="It was not ended" error={task.error} />}
      <Confirm
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={`End ${ending?.name ?? ""} now`}
        word={`End ${ending?.name ?? ""}`}
        onConfirm={() => (ending === undefined ? undefined : end(ending))}
        isEnd
      >
        <EndConsequences model={model} names={ending?.name ?? ""} />
      </Confirm>
    </Section>
  );
}

/** What gives a window its key at the lab's own gateway: run there, with the key at its input. */
function PremisesCommands({ windows }: { readonly windows: readonly Window[] }) {
  const standing = windows.filter(({ state }) => state !== "closed");
  if (standing.length === 0) return null;
  return (
    <div className="premises-commands">
      <p className="note">At your own gateway, with the key at its input. The id at the end is the window’s.</p>
      {standing.map(({ id, name }) => (
        <div key={id}>
          <span className="second">{name}</span>
          <Command text={`sluice gateway credential ${id}`} />
        </div>
      ))}
    </div>
  );
}

type Acts = { readonly onDo: (doing: Doing) => void; readonly onEnd: (window: Window) => void };

function columnsOf(model: Model, mayChange: boolean, { onDo, onEnd }: Acts): readonly Column<Window>[] {
  return [
    {
      id: "name",
      header: "Window",
      cell: ({ name, kind, position }) => (
        <>
          <strong>{name}</strong>
          <span className="cell-second">
            {kindText(kind)}
            {kind === "partner-stage" ? ` ${position}` : ""}
          </span>
        </>
      ),
      fileValue: ({ name }) => name,
      stacked: "name",
      isFixed: true,
      widthPercent: 19,
    },
    {
      id: "state",
      header: "State",
      cell: (window) => {
        const { state, leavesNothing } = window;
        const shown = stateShown(state);
        return (
          <>
            <State kind={shown.kind}>{shown.word}</State>
            <span className="cell-second">
              {leavesNothing && state !== "closed" ? "closes before it opens" : credentialShown(window)?.word}
            </span>
          </>
        );
      },
      fileValue: ({ state }) => state,
      stacked: "plain",
      widthPercent: 17,
    },
    {
      id: "opens",
      header: "Opens",
      cell: ({ firstOpenedMs, opens }) => <Moment ms={firstOpenedMs ?? opens.at.instantMs} />,
      fileValue: ({ opens }) => new Date(opens.at.instantMs).toISOString(),
      stacked: "line",
      widthPercent: 18,
    },
    {
      id: "closes",
      header: "Closes",
      cell: ({ closed, closes }) => {
        const ms = closed?.atMs ?? closes?.at.instantMs;
        return ms === undefined ? "at the lab’s word" : <Moment ms={ms} />;
      },
      fileValue: ({ closes }) => (closes === undefined ? undefined : new Date(closes.at.instantMs).toISOString()),
      stacked: "line",
      widthPercent: 18,
    },
    ...(mayChange
      ? [
          {
            id: "do",
            header: "Actions",
            isHeaderHidden: true,
            align: "end",
            cell: (window: Window) => <WindowButtons model={model} window={window} onDo={onDo} onEnd={onEnd} />,
            fileValue: () => undefined,
            stacked: "plain",
          } as const,
        ]
      : []),
  ];
}

function Moment({ ms }: { readonly ms: number }) {
  return (
    <>
      <Instant ms={ms} form="distance" />
      <span className="cell-second">
        <Instant ms={ms} form="weekday" />
      </span>
    </>
  );
}

function WindowButtons({ window, onDo, onEnd }: { readonly model: Model; readonly window: Window } & Acts) {
  const { id, name, state, kind, credential } = window;
  if (state === "closed") return null;
  return (
    <span className="row-buttons">
      {credential === "missing" ? (
        <Button size="row" label={`Give the key of ${name}`} onPress={() => onDo({ what: "key", window: id })}>
          Give the key
        </Button>
      ) : null}
      {kind === "testing-window" ? (
        <Button size="row" label={`Grant use in ${name}`} onPress={() => onDo({ what: "grant", window: id })}>
          Grant use
        </Button>
      ) : null}
      <Button size="row" label={`Change when ${name} closes`} onPress={() => onDo({ what: "extend", window: id })}>
        Change
      </Button>
      <Button size="row" look="end" label={`End ${name}`} onPress={() => onEnd(window)}>
        End
      </Button>
    </span>
  );
}
