import { useRef } from "react";
import { Link } from "react-router";
import type { WorkItem } from "../../shell/work.ts";
import { useRowKeys } from "../../table/row-keys.ts";
import { tableRoles } from "../../table/table-roles.ts";
import { Instant } from "../../ui/instant.tsx";
import { State } from "../../ui/state.tsx";
import { ageText } from "../../words/instant-text.ts";
import { groupOf, groupWords, workWords, type WorkGroup } from "../../words/work-words.ts";
import "../../table/data-table.css";

const order: readonly WorkGroup[] = ["now", "week", "later"];
const nothing = (): void => undefined;

/** What waits, under when it wants to be done. J and K move through it, Enter opens. */
export function WorkTable({ items, nowMs }: { readonly items: readonly WorkItem[]; readonly nowMs: number }) {
  const tableRef = useRef<HTMLTableElement>(null);
  const currentId = useRowKeys(tableRef, true, nothing);
  const groups = order.map((group) => ({ group, rows: items.filter((item) => groupOf(item, nowMs) === group) }));
  const numbers = new Map(groups.flatMap(({ rows }) => rows).map((item, index) => [item.id, index + 1]));
  return (
    <table ref={tableRef} {...tableRoles.table} className="data-table data-table-tall work-table" aria-label="What waits">
      <thead {...tableRoles.rowGroup}>
        <tr {...tableRoles.row}>
          <th {...tableRoles.columnHeader}>
            <span className="visually-hidden">Number</span>
          </th>
          <th {...tableRoles.columnHeader}>Decision</th>
          <th {...tableRoles.columnHeader}>Why it is here</th>
          <th {...tableRoles.columnHeader}>Clock</th>
          <th {...tableRoles.columnHeader}>Waits</th>
        </tr>
      </thead>
      {groups.map(({ group, rows }) =>
        rows.length === 0 ? null : (
          <tbody key={group} {...tableRoles.rowGroup}>
            <tr {...tableRoles.row} className="work-group">
              <th {...tableRoles.rowHeader} scope="rowgroup" colSpan={5}>
                {groupWords[group]}
              </th>
            </tr>
            {rows.map((item) => (
              <WorkRow key={item.id} item={item} nowMs={nowMs} number={numbers.get(item.id) ?? 0} isCurrent={item.id === currentId} />
            ))}
          </tbody>
        ),
      )}
    </table>
  );
}

function WorkRow({
  item,
  nowMs,
  number,
  isCurrent,
}: {
  readonly item: WorkItem;
  readonly nowMs: number;
  readonly number: number;
  readonly isCurrent: boolean;
}) {
  const { what, second, why, to } = workWords(item);
  return (
    <tr {...tableRoles.row} className={`data-row${isCurrent ? " data-row-current" : ""}`} data-row-id={item.id}>
      <td {...tableRoles.cell} className="work-number number">
        {number}
      </td>
      <td {...tableRoles.cell} className="work-what">
        {to === undefined ? <strong>{what}</strong> : <Link to={to}>{what}</Link>}
        {second === undefined ? null : <span className="cell-second">{second}</span>}
      </td>
      <td {...tableRoles.cell} className="work-why">
        {why}
      </td>
      <td {...tableRoles.cell} className="work-clock">
        {item.dueMs === undefined ? (
          <span className="zero">none</span>
        ) : (
          <State kind={groupOf(item, nowMs) === "now" ? "due" : "waits"}>
            <Instant ms={item.dueMs} form="distance" inRow={to !== undefined} />
          </State>
        )}
      </td>
      <td {...tableRoles.cell} className="work-waits">
        {item.sinceMs === undefined ? null : (
          <>
            <span className="work-waits-word">waits </span>
            {ageText(item.sinceMs, nowMs)}
          </>
        )}
      </td>
    </tr>
  );
}
