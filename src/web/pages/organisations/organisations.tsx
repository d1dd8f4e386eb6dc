import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { SearchInput } from "../../forms/search-input.tsx";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { KeyPages } from "../../table/key-pages.tsx";
import { PAGE } from "../../table/page-size.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { kindWord } from "../../words/role-words.ts";
import { type Organisation, organisationsQuery } from "../organisation/organisation-queries.ts";
import { FirstAdministrator } from "./first-administrator.tsx";
import { OrganisationForm } from "./organisation-form.tsx";

type Doing = { readonly what: "add" } | { readonly what: "change" | "invite"; readonly organisation: Organisation };

/** The organisations of this installation as far as one knows them; coordinators know all, and their administrators add and change them. */
export function OrganisationsPage() {
  return <MembersOnly title="Organisations">{(session) => <Organisations session={session} />}</MembersOnly>;
}

function Organisations({ session }: { readonly session: Session }) {
  const [params, setParams] = useSearchParams();
  const [doing, setDoing] = useState<Doing>();
  const after = params.get("after") ?? undefined;
  const text = params.get("text") ?? undefined;
  const found = useQuery(
    organisationsQuery({ limit: PAGE, ...(after === undefined ? {} : { after }), ...(text === undefined ? {} : { text }) }),
  );
  const mayManage = session.verbs.includes("installation.manage");
  const close = (): void => setDoing(undefined);
  const go = (next: { readonly text?: string | undefined; readonly after?: string | undefined }): void =>
    setParams(
      Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== "")) as Record<string, string>,
    );
  return (
    <Page
      title="Organisations"
      meta={
        session.acting.kind === "coordinator"
          ? "Everyone who takes part here."
          : "Those you share a circle or a draft advisory with, and your own."
      }
      {...(mayManage && doing === undefined
        ? {
            action: (
              <Button look="main" onPress={() => setDoing({ what: "add" })}>
                Add an organisation
              </Button>
            ),
          }
        : {})}
    >
      <div className="section-ruled" />
      {doing === undefined ? null : (
        <Section title={doing.what === "add" ? "A new one" : doing.organisation.name}>
          {doing.what === "invite" ? (
            <FirstAdministrator organisation={doing.organisation} onClose={close} />
          ) : (
            <OrganisationForm
              key={doing.what === "change" ? doing.organisation.id : "new"}
              organisation={doing.what === "change" ? doing.organisation : undefined}
              onClose={close}
              onDone={(organisation) => setDoing(doing.what === "add" ? { what: "invite", organisation } : undefined)}
            />
          )}
        </Section>
      )}
      <div className="list-bar">
        <SearchInput
          key={text ?? ""}
          look="list"
          label="Find an organisation"
          placeholder="Find an organisation"
          initial={text ?? ""}
          onSearch={(typed) => go({ text: typed })}
        />
      </div>
      {found.data === undefined ? (
        found.isError ? (
          <Refusal title="The organisations could not be read" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton rows={6} what="the organisations" />
        )
      ) : found.data.rows.length === 0 ? (
        <Empty title={text === undefined ? "No organisation" : `No organisation with “${text}” in its name`}>
          <p>Organisations come by a coordinator’s administrator, and are known to those they share a circle or a draft advisory with.</p>
        </Empty>
      ) : (
        <>
          <DataTable
            label="Organisations"
            columns={columnsOf(session, mayManage ? setDoing : undefined)}
            rows={found.data.rows}
            rowId={({ id }) => id}
            rowSize="tall"
            isStale={found.isPlaceholderData}
          />
          <KeyPages after={after} next={found.data.next} onGo={(next) => go({ text, after: next })} />
        </>
      )}
    </Page>
  );
}

function columnsOf(session: Session, onDo: ((doing: Doing) => void) | undefined): readonly Column<Organisation>[] {
  const columns: readonly Column<Organisation>[] = [
    {
      id: "name",
      header: "Name",
      cell: ({ id, name, sector, country }) => (
        <>
          {name}
          {id === session.acting.organisation ? " (yours)" : null}
          <span className="cell-second">{[sector, country].filter((part) => part !== undefined).join(", ")}</span>
        </>
      ),
      fileValue: ({ name }) => name,
      stacked: "name",
      isFixed: true,
    },
    { id: "kind", header: "Kind", cell: ({ kind }) => kindWord(kind), fileValue: ({ kind }) => kind, stacked: "plain", widthPercent: 16 },
    {
      id: "function",
      header: "Function",
      cell: ({ hasIntelligenceFunction }) =>
        hasIntelligenceFunction ? <State kind="blocked">intelligence or law enforcement</State> : "none stated",
      fileValue: ({ hasIntelligenceFunction }) => hasIntelligenceFunction,
      stacked: "plain",
      widthPercent: 26,
    },
    {
      id: "since",
      header: "Since",
      cell: ({ createdAtMs }) => <Instant ms={createdAtMs} form="day" />,
      fileValue: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
      stacked: "line",
      widthPercent: 14,
    },
  ];
  if (onDo === undefined) return columns;
  return [
    ...columns,
    {
      id: "do",
      header: "Actions",
      isHeaderHidden: true,
      align: "end",
      cell: (organisation) => (
        <span className="row-buttons">
          {organisation.id === session.acting.organisation ? null : (
            <Button
              size="row"
              label={`Invite the first administrator of ${organisation.name}`}
              onPress={() => onDo({ what: "invite", organisation })}
            >
              Invite
            </Button>
          )}
          <Button size="row" label={`Change ${organisation.name}`} onPress={() => onDo({ what: "change", organisation })}>
            Change
          </Button>
        </span>
      ),
      fileValue: () => undefined,
      stacked: "side",
      widthPercent: 18,
    },
  ];
}
