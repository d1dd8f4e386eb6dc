import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { addSignOn } from "../../../contract/endpoints/sign-ons.ts";
import { Choice } from "../../forms/choice.tsx";
import { TextInput } from "../../forms/text-input.tsx";
import { ask } from "../../server-client.ts";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Skeleton } from "../../ui/notice.tsx";
import { useTask } from "../../ui/use-task.ts";
import { organisationsQuery } from "../organisation/organisation-queries.ts";
import { signOnsQuery } from "./sign-on-queries.ts";

const REDIRECT_PATH = "/sign-in/return";

/** Sets up an organisation's own sign-on; the provider is asked at once whether it is one. */
export function AddSignOn() {
  const queryClient = useQueryClient();
  const organisations = useQuery(organisationsQuery({ limit: 200 }));
  const task = useTask();
  const [organisation, setOrganisation] = useState("");
  const [issuer, setIssuer] = useState("");
  const [clientId, setClientId] = useState("");
  const [clientSecret, setClientSecret] = useState("");
  const [domains, setDomains] = useState("");
  if (organisations.data === undefined) return <Skeleton rows={3} what="organisations" />;
  const options = organisations.data.rows.map(({ id, name }) => ({ value: id, label: name }));
  const emailDomains = domains.split(/[\s,;]+/).filter((domain) => domain !== "");
  const isReady = organisation !== "" && issuer.trim() !== "" && clientId.trim() !== "" && emailDomains.length > 0;
  const add = async (): Promise<void> => {
    const body = { organisation, issuer: issuer.trim(), clientId: clientId.trim(), emailDomains };
    const isAdded = await task.run(
      () => ask(addSignOn, { body: clientSecret === "" ? body : { ...body, clientSecret } }),
      "The sign-on was set up",
    );
    if (!isAdded) return;
    for (const clear of [setIssuer, setClientId, setClientSecret, setDomains]) clear("");
    await queryClient.invalidateQueries({ queryKey: signOnsQuery.queryKey });
  };
  return (
    <>
      <p>
        At the provider, allow this address to be returned to: <CopyableId value={`${location.origin}${REDIRECT_PATH}`} />
      </p>
      <Form
        className="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Choice label="Organisation" hint="The only one that it opens." value={organisation} onChange={setOrganisation} options={options} />
        <TextInput label="Issuer" hint="An https URL, as the provider states it." value={issuer} onChange={setIssuer} isMono />
        <TextInput label="Client ID" value={clientId} onChange={setClientId} isMono />
        <TextInput
          label="Client secret"
          hint="Sealed, and never shown again. Empty for a public client."
          value={clientSecret}
          onChange={setClientSecret}
          isMono
        />
        <TextInput
          label="Domains of e-mail addresses"
          hint="Such as organisation.example; several with a comma."
          value={domains}
          onChange={setDomains}
        />
        <RefusedWay title="The sign-on was not set up" error={task.error} />
        <div className="account-buttons">
          <Button type="submit" look="main" isDisabled={task.isBusy || !isReady}>
            Set up the sign-on
          </Button>
          {isReady ? null : <span className="note">Organisation, issuer, client ID and a domain are needed first.</span>}
        </div>
      </Form>
    </>
  );
}
