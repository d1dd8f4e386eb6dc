import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addPasskey, askNewPasskey, revokePasskey } from "../../../contract/endpoints/account.ts";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { makePasskey, passkeyName } from "../../sign-in/passkey.ts";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { type Account, accountQuery } from "./account-queries.ts";

type Passkey = Account["passkeys"][number];

export function Passkeys({ passkeys, isLastWay }: { readonly passkeys: readonly Passkey[]; readonly isLastWay: boolean }) {
  const queryClient = useQueryClient();
  const task = useTask();
  const [name, setName] = useState(passkeyName);
  const [ending, setEnding] = useState<Passkey>();
  const change = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    await task.run(work, said);
    await queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
  };
  const add = (): Promise<void> =>
    change(async () => ask(addPasskey, { body: { name, passkey: await makePasskey(await ask(askNewPasskey)) } }), `${name} was added`);
  return (
    <>
      {passkeys.length === 0 ? (
        <Empty title="No passkey yet">
          <p>You signed in another way. A passkey of your own needs no mail and no code.</p>
        </Empty>
      ) : (
        <DataTable label="Passkeys" columns={columnsOf(isLastWay, setEnding)} rows={passkeys} rowId={({ id }) => id} rowSize="tall" />
      )}
      <RefusedWay title="Nothing was changed" error={task.error} making />
      <div className="account-buttons">
        <TextInput label="Name of a new passkey" value={name} onChange={setName} />
        <Button isDisabled={task.isBusy || name.trim() === ""} onPress={() => void add()}>
          Add a passkey
        </Button>
      </div>
      <Confirm
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={`Remove ${ending?.name ?? "the passkey"}`}
        word="Remove the passkey"
        isEnd
        onConfirm={() => change(() => ask(revokePasskey, { params: { passkey: ending?.id ?? "" } }), `${ending?.name ?? "It"} was removed`)}
      >
        <p>
          It signs nobody in from now on. Sessions that began with it go on until you end them. The device keeps it; delete it there too.
        </p>
      </Confirm>
    </>
  );
}

function columnsOf(isLastWay: boolean, onEnd: (passkey: Passkey) => void): readonly Column<Passkey>[] {
  return [
    {
      id: "name",
      header: "Passkey",
      stacked: "name",
      cell: ({ name, synced }) => (
        <>
          <span className="row-name">{name}</span>
          <span className="cell-second">{synced ? "kept by a provider, on several devices" : "on one device"}</span>
        </>
      ),
      fileValue: ({ name }) => name,
    },
    {
      id: "made",
      header: "Added",
      stacked: "line",
      cell: ({ createdAtMs }) => <Instant ms={createdAtMs} form="distance" />,
      fileValue: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    },
    {
      id: "used",
      header: "Last used",
      stacked: "line",
      cell: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? "never" : <Instant ms={lastUsedAtMs} form="distance" />),
      fileValue: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? "" : new Date(lastUsedAtMs).toISOString()),
    },
    {
      id: "end",
      header: "Remove",
      isHeaderHidden: true,
      align: "end",
      stacked: "side",
      cell: (passkey) =>
        isLastWay ? (
          <span className="note">your only way in</span>
        ) : (
          <Button size="row" look="end" label={`Remove ${passkey.name}`} onPress={() => onEnd(passkey)}>
            Remove
          </Button>
        ),
      fileValue: () => "",
    },
  ];
}
