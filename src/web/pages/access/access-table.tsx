import { Link } from "react-router";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { State, type StateKind } from "../../ui/state.tsx";
import { kindWord } from "../../words/role-words.ts";
import type { Ground, OrganisationAccess, OrganisationReview } from "./access-queries.ts";
import "../circles/circles.css";

type DraftAccess = OrganisationReview["drafts"][number];
type Access = Pick<OrganisationAccess, "reads" | "sinceMs" | "grounds" | "exception" | "lastReadAtMs">;

/** What is read, since when, and why; or why not. A row for each organisation of a draft, or for each draft of an organisation. */
export function AccessTable(
  props:
    | { readonly label: string; readonly of: "organisations"; readonly rows: readonly OrganisationAccess[] }
    | { readonly label: string; readonly of: "drafts"; readonly rows: readonly DraftAccess[] },
) {
  return props.of === "organisations" ? (
    <DataTable
      label={props.label}
      columns={[organisationColumn, ...accessColumns]}
      rows={props.rows}
      rowId={({ organisation }) => organisation.id}
      rowSize="tall"
    />
  ) : (
    <DataTable
      label={props.label}
      columns={[draftColumn, ...accessColumns]}
      rows={props.rows}
      rowId={({ draft }) => draft.id}
      rowSize="tall"
    />
  );
}

const organisationColumn: Column<OrganisationAccess> = {
  id: "organisation",
  header: "Organisation",
  cell: ({ organisation: { id, name, kind, hasIntelligenceFunction } }) => (
    <>
      <Link to={`/access/organisations/${id}`}>{name ?? id}</Link>
      <span className="cell-second">
        {kind === undefined ? "not known to you" : kindWord(kind)}
        {hasIntelligenceFunction === true ? ", intelligence or law-enforcement function" : ""}
      </span>
    </>
  ),
  fileValue: ({ organisation }) => organisation.name ?? organisation.id,
  stacked: "name",
  isFixed: true,
  widthPercent: 24,
};

const draftColumn: Column<DraftAccess> = {
  id: "draft",
  header: "Draft advisory",
  cell: ({ draft }) => (
    <>
      <Link to={`/access/drafts/${draft.id}`}>
        <code>{draft.advisory}</code>
      </Link>
      <span className="cell-second">{draft.state}</span>
    </>
  ),
  fileValue: ({ draft }) => draft.advisory,
  stacked: "name",
  isFixed: true,
  widthPercent: 24,
};

const standings: Readonly<Record<Ground["standing"], { readonly kind: StateKind; readonly word: string }>> = {
  "in-force": { kind: "in-force", word: "in force" },
  unsigned: { kind: "due", word: "not signed" },
  expired: { kind: "waits", word: "expired" },
  ended: { kind: "refuted", word: "ended" },
  closed: { kind: "refuted", word: "circle closed" },
  "opening-over": { kind: "waits", word: "closed again" },
  excluded: { kind: "blocked", word: "excluded" },
};

const accessColumns: readonly Column<Access>[] = [
  {
    id: "reads",
    header: "Reads",
    cell: ({ reads, sinceMs }) => (
      <>
        <LevelGauge level={reads ?? "nothing"} />
        {sinceMs === undefined ? null : (
          <span className="cell-second">
            since <Instant ms={sinceMs} form="distance" />
          </span>
        )}
      </>
    ),
    fileValue: ({ reads }) => reads,
    stacked: "side",
    widthPercent: 16,
  },
  {
    id: "why",
    header: "Rule",
    cell: ({ grounds, exception }) => (
      <ul className="grounds">
        {grounds.map(({ words, standing, untilMs }) => (
          <li key={words}>
            <State kind={standings[standing].kind}>{standings[standing].word}</State>
            <span className="cell-second">
              {words}
              {untilMs === undefined ? null : (
                <>
                  ; ends by itself <Instant ms={untilMs} form="distance" />
                </>
              )}
            </span>
          </li>
        ))}
        {grounds.length === 0 ? <li>An exception was made, and nothing is opened to it.</li> : null}
        {exception === undefined ? null : <li className="cell-second">Exception: {exception.reason}</li>}
      </ul>
    ),
    fileValue: ({ grounds }) => grounds.map(({ words }) => words),
    stacked: "plain",
  },
  {
    id: "read",
    header: "Last read",
    cell: ({ lastReadAtMs }) => (lastReadAtMs === undefined ? "never" : <Instant ms={lastReadAtMs} form="distance" />),
    fileValue: ({ lastReadAtMs }) => (lastReadAtMs === undefined ? undefined : new Date(lastReadAtMs).toISOString()),
    stacked: "line",
    widthPercent: 14,
  },
];
