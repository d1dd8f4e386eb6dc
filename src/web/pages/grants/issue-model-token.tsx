import { useState } from "react";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { issueModelToken } from "../../../contract/endpoints/exchanges.ts";
import { Choice } from "../../forms/choice.tsx";
import { FormPanel } from "../../forms/form-panel.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/command.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { useTask } from "../../ui/use-task.ts";
import { toolSettings } from "../../words/grant-words.ts";
import { type Grant, useGrantsChanged } from "./grant-queries.ts";

export type IssuedToken = AnswerOf<typeof issueModelToken> & { readonly name: string };

const spans = ["1", "7", "30", "90"].map((days) => ({ value: days, label: days === "1" ? "1 day" : `${days} days` }));

/** A form that makes a token for one purpose of a grant. */
export function IssueModelToken({
  grant,
  onClose,
  onIssued,
}: {
  readonly grant: Grant;
  readonly onClose: () => void;
  readonly onIssued: (issued: IssuedToken) => void;
}) {
  const task = useTask();
  const changed = useGrantsChanged();
  const [name, setName] = useState("");
  const [purpose, setPurpose] = useState(grant.purposes[0] ?? "");
  const [days, setDays] = useState("30");
  const issue = async (): Promise<void> => {
    await task.run(async () => {
      const body = { name: name.trim(), purpose, days: Number(days) };
      const issued = await ask(issueModelToken, { params: { grant: grant.id }, body });
      onIssued({ ...issued, name: body.name });
    }, "The token is shown, this once");
    await changed();
  };
  return (
    <FormPanel
      title="Make a token"
      lead={<p>It stands for one purpose. The lab sees that purpose beside counts, times and tokens of its calls.</p>}
      word="Make the token"
      onSubmit={() => void issue()}
      onClose={onClose}
      isDisabled={task.isBusy}
      missing={name.trim() === "" ? "A name is needed." : undefined}
      error={task.error}
      refused="No token was made"
    >
      <TextInput label="Name" hint="What uses it, such as “nightly harness”." value={name} onChange={setName} />
      <Choice
        label="Purpose"
        hint="One of those that are granted."
        value={purpose}
        onChange={setPurpose}
        options={grant.purposes.map((each) => ({ value: each, label: each }))}
      />
      <Choice label="Ends after" hint="Or with the grant, if that is sooner." value={days} onChange={setDays} options={spans} />
    </FormPanel>
  );
}

/** A token that was just made: it is in this answer and nowhere else. */
export function NewToken({
  grant,
  issued: { name, token, expiresAtMs, gatewayUrl },
  onKept,
}: {
  readonly grant: Grant;
  readonly issued: IssuedToken;
  readonly onKept: () => void;
}) {
  return (
    <section className="notice new-token" aria-label={`The token ${name}, shown this once`}>
      <h3>The token {name}, shown this once</h3>
      <p className="second">
        Only its digest is kept. It ends <Instant ms={expiresAtMs} />, or with the grant. Whoever loses it revokes it and makes another.
      </p>
      <div className="connect">
        {gatewayUrl === undefined ? (
          <CopyableId value={token} />
        ) : (
          toolSettings(grant.model.wire, gatewayUrl, token).map((line) => <Command key={line} text={line} />)
        )}
      </div>
      <Button onPress={onKept}>It is kept</Button>
    </section>
  );
}
