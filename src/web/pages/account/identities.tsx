import { Instant } from "../../ui/instant.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import type { Account } from "./account-queries.ts";

type Identity = Account["identities"][number];

export function Identities({ identities }: { readonly identities: readonly Identity[] }) {
  return <DataTable label="Identities at a sign-on" columns={columns} rows={identities} rowId={({ id }) => id} />;
}

const columns: readonly Column<Identity>[] = [
  {
    id: "organisation",
    header: "Sign-on of",
    stacked: "name",
    cell: ({ organisation }) => organisation,
    fileValue: ({ organisation }) => organisation,
  },
  {
    id: "email",
    header: "As",
    stacked: "line",
    cell: ({ email }) => email ?? "it states no address",
    fileValue: ({ email }) => email ?? "",
  },
  {
    id: "used",
    header: "Last used",
    stacked: "line",
    cell: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? "never" : <Instant ms={lastUsedAtMs} form="distance" />),
    fileValue: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? "" : new Date(lastUsedAtMs).toISOString()),
  },
];
