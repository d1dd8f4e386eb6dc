import { useQuery } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import { useEffect } from "react";
import { FileTrigger } from "react-aria-components";
import { statusQuery } from "../../queries.ts";
import { DropDocument } from "../../scan/drop-document.tsx";
import { useScanDesk, type Scan } from "../../scan/scan-desk.tsx";
import { useAnnounce } from "../../shell/announcer.tsx";
import { Button } from "../../ui/button.tsx";
import { Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { State } from "../../ui/state.tsx";
import { countText, numberText } from "../../words/count-text.ts";
import { planHeading } from "../../words/plan-facts.ts";
import { ChangeList } from "./changes.tsx";
import { FindingTable } from "./findings.tsx";
import { PlanStrip } from "./plan-strip.tsx";
import { ReleaseForm } from "./release-form.tsx";
import { Staged } from "./staged.tsx";
import { LeftOut, NoPatch, Unsaid } from "./unsaid.tsx";
import "./plan.css";

const crumbs = [{ label: "Search", to: "/" }, { label: "Check a file" }] as const;

export function PlanPage() {
  const { scan } = useScanDesk();
  const announce = useAnnounce();
  const said = scan.state === "answered" ? planHeading(scan.answer) : scan.state === "refused" ? "The file could not be read" : "";
  useEffect(() => {
    if (said !== "") announce(said);
  }, [said, announce]);
  switch (scan.state) {
    case "none":
      return (
        <Page
          title="Check a file"
          crumbs={crumbs}
          meta="Nothing has been asked in this tab, or it was reloaded: the server keeps no file and no answer."
        >
          <div className="plan-drop">
            <DropDocument />
          </div>
        </Page>
      );
    case "reading":
      return (
        <Page title={`Reading ${scan.name}`} crumbs={crumbs}>
          <Skeleton rows={6} what={scan.name} rowHeight={54} />
        </Page>
      );
    case "refused":
      return (
        <Page title="The file could not be read" crumbs={crumbs} meta={<code>{scan.name}</code>}>
          <Refusal title={`No answer for ${scan.name}`} error={scan.error} kept="Nothing was stored." />
          <div className="plan-drop">
            <DropDocument />
          </div>
        </Page>
      );
    case "answered":
      return <Plan scan={scan} />;
  }
}

function Plan({ scan }: { readonly scan: Extract<Scan, { readonly state: "answered" }> }) {
  const { answer, file, tookMs } = scan;
  const { scanFile } = useScanDesk();
  const status = useQuery(statusQuery);
  return (
    <Page
      title={planHeading(answer)}
      crumbs={crumbs}
      meta={
        <>
          {answer.documents.map((document) => (
            <span key={document.name}>
              <code>{document.name}</code> {document.format}
            </span>
          ))}
          <span>
            {countText(
              answer.documents.reduce((sum, document) => sum + document.components, 0),
              "component",
            )}
          </span>
          <span>answered in {numberText(Math.max(1, Math.round(tookMs)))} ms</span>
          <State kind="waits">not stored</State>
        </>
      }
      action={
        <>
          <Button onPress={() => window.print()}>
            <Printer size={15} strokeWidth={1.75} aria-hidden="true" />
            Print
          </Button>
          <FileTrigger onSelect={(files) => (files?.[0] === undefined ? undefined : void scanFile(files[0]))}>
            <Button look="main">Check another file</Button>
          </FileTrigger>
          <p className="note">The server has forgotten this file. This tab keeps the answer until it is closed.</p>
        </>
      }
    >
      <Staged answer={answer} />
      <PlanStrip answer={answer} exploitedSource={status.data?.exploited} />
      <ReleaseForm answer={answer} file={file} />
      <ChangeList answer={answer} />
      <NoPatch answer={answer} />
      <Unsaid answer={answer} />
      <LeftOut answer={answer} />
      <FindingTable answer={answer} />
    </Page>
  );
}
