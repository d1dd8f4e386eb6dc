import { Download } from "lucide-react";
import type { UseAnswer } from "../../../contract/endpoints/model-history.ts";
import { useAnnounce } from "../../shell/announcer.tsx";
import type { Column } from "../../table/column.ts";
import { saveFile, toCsv } from "../../table/rows-file.ts";
import { Button } from "../../ui/button.tsx";
import { countText } from "../../words/count-text.ts";

/** Every hour of use as a file, as the page had it: for whoever holds it against counts of its own. */
export function ExportUse({ name, hours }: { readonly name: string; readonly hours: readonly UseAnswer[] }) {
  const announce = useAnnounce();
  if (hours.length === 0) return null;
  const save = (): void => {
    saveFile(`${name.replaceAll(/[^\w.-]+/g, "-")}-use.csv`, "text/csv", toCsv(columns, hours));
    announce(`${countText(hours.length, "hour")} of use exported as CSV`);
  };
  return (
    <p className="use-foot">
      <Button size="row" onPress={save}>
        <Download size={14} strokeWidth={1.75} aria-hidden="true" />
        Export every hour as CSV
      </Button>
      <span className="note">Counts by organisation, purpose and hour, to hold against your own.</span>
    </p>
  );
}

function column(id: string, fileValue: Column<UseAnswer>["fileValue"]): Column<UseAnswer> {
  return { id, header: id, cell: () => null, fileValue, stacked: "none" };
}

const columns: readonly Column<UseAnswer>[] = [
  column("hour", ({ hourMs }) => new Date(hourMs).toISOString()),
  column("organisation", ({ organisation }) => organisation.name ?? organisation.id),
  column("purpose", ({ purpose }) => purpose),
  column("requests", ({ requests }) => requests),
  column("incomplete", ({ incomplete }) => incomplete),
  column("input_tokens", ({ inputTokens }) => inputTokens),
  column("output_tokens", ({ outputTokens }) => outputTokens),
  column("charged_tokens", ({ chargedTokens }) => chargedTokens),
  column("requests_without_usage", ({ unknownUsage }) => unknownUsage),
  column("grant", ({ grant }) => grant),
];
