import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endSignOn } from "../../../contract/endpoints/sign-ons.ts";
import { ask } from "../../server-client.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import { RefusedWay } from "../../sign-in/refused-way.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { useTask } from "../../ui/use-task.ts";
import { AddSignOn } from "./add-sign-on.tsx";
import { type SignOn, signOnsQuery } from "./sign-on-queries.ts";
import "../account/account.css";

/** Which address is sent to which organisation's own sign-on. */
export function SignOnsPage() {
  return (
    <MembersOnly title="Sign-ons">
      {({ verbs }) => (
        <Page title="Sign-ons" meta="Organisations whose members sign in where they always do. A sign-on opens its own organisation only.">
          <div className="section-ruled" />
          {verbs.includes("installation.manage") ? (
            <>
              <Section title="Set up" note="An address under one of its domains is sent there.">
                <SignOns />
              </Section>
              <Section title="Add one" note="Any OpenID Connect provider with discovery.">
                <AddSignOn />
              </Section>
            </>
          ) : (
            <Section title="Not yours to set up">
              <p>Sign-ons are set up by administrators of the organisation that manages this installation.</p>
            </Section>
          )}
        </Page>
      )}
    </MembersOnly>
  );
}

function SignOns() {
  const queryClient = useQueryClient();
  const found = useQuery(signOnsQuery);
  const task = useTask();
  const [ending, setEnding] = useState<SignOn>();
  if (found.data === undefined) {
    return found.isError ? (
      <Refusal title="Sign-ons could not be read" error={found.error} onRetry={() => void found.refetch()} />
    ) : (
      <Skeleton rows={2} what="sign-ons" rowHeight={54} />
    );
  }
  const end = async (signOn: SignOn): Promise<void> => {
    await task.run(() => ask(endSignOn, { params: { signOn: signOn.id } }), `The sign-on of ${signOn.organisation.name} was ended`);
    await queryClient.invalidateQueries({ queryKey: signOnsQuery.queryKey });
  };
  return (
    <>
      {found.data.signOns.length === 0 ? (
        <Empty title="No sign-on yet">
          <p>Everyone signs in by passkey. An organisation with a provider of its own is added below.</p>
        </Empty>
      ) : (
        <DataTable label="Sign-ons" columns={columnsOf(setEnding)} rows={found.data.signOns} rowId={({ id }) => id} rowSize="tall" />
      )}
      <RefusedWay title="The sign-on was not ended" error={task.error} />
      <Confirm
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={`End the sign-on of ${ending?.organisation.name ?? "the organisation"}`}
        word="End the sign-on"
        isEnd
        onConfirm={() => (ending === undefined ? undefined : end(ending))}
      >
        <p>
          Nobody signs in by it from now on. Sessions that began by it run out. Whoever has no passkey needs a way back in from an
          administrator.
        </p>
      </Confirm>
    </>
  );
}

function columnsOf(onEnd: (signOn: SignOn) => void): readonly Column<SignOn>[] {
  return [
    {
      id: "organisation",
      header: "Sign-on of",
      stacked: "name",
      cell: ({ organisation, issuer }) => (
        <>
          <span className="row-name">{organisation.name}</span>
          <span className="cell-second">{issuer}</span>
        </>
      ),
      fileValue: ({ organisation }) => organisation.name,
    },
    {
      id: "domains",
      header: "Addresses under",
      stacked: "line",
      cell: ({ emailDomains }) => emailDomains.join(", "),
      fileValue: ({ emailDomains }) => emailDomains,
    },
    {
      id: "created",
      header: "Since",
      stacked: "line",
      cell: ({ createdAtMs }) => <Instant ms={createdAtMs} form="distance" />,
      fileValue: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    },
    {
      id: "end",
      header: "End",
      isHeaderHidden: true,
      align: "end",
      stacked: "side",
      cell: (signOn) => (
        <Button size="row" look="end" label={`End the sign-on of ${signOn.organisation.name}`} onPress={() => onEnd(signOn)}>
          End
        </Button>
      ),
      fileValue: () => "",
    },
  ];
}
