import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "../queries.ts";
import type { FilterField } from "./url-list.ts";

/** The filter by ecosystem: a choice among those held here, as soon as they are known. */
export function useEcosystemFilter(): FilterField {
  const { data } = useQuery(statusQuery);
  const field = { key: "ecosystem", label: "Ecosystem" };
  if (data === undefined) return field;
  return { ...field, options: data.ecosystems.map(({ ecosystem }) => ({ value: ecosystem, label: ecosystem })) };
}
