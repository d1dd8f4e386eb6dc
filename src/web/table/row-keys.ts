import { useCallback, useState, type RefObject } from "react";
import { useShortcut } from "../shell/shortcuts.ts";

/** J and K move the focus to the next and previous row's link, X chooses the row. Answers the id of the current row. */
export function useRowKeys(table: RefObject<HTMLTableElement | null>, isOn: boolean, onChoose: (id: string) => void): string | undefined {
  const [currentId, setCurrentId] = useState<string>();
  const onKey = useCallback(
    (key: string): boolean => {
      if (!isOn || table.current === null) return false;
      const rows = [...table.current.querySelectorAll<HTMLTableRowElement>("tbody tr[data-row-id]")];
      const at = rows.findIndex((row) => row.dataset["rowId"] === currentId);
      if (key === "x" && at >= 0 && currentId !== undefined) {
        onChoose(currentId);
        return true;
      }
      if (key !== "j" && key !== "k") return false;
      const next = rows[key === "j" ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0)];
      if (next === undefined) return false;
      setCurrentId(next.dataset["rowId"]);
      next.querySelector("a")?.focus();
      next.scrollIntoView({ block: "nearest" });
      return true;
    },
    [isOn, table, currentId, onChoose],
  );
  useShortcut(onKey);
  return currentId;
}
