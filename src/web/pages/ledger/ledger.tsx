import { useQuery } from "@tanstack/react-query";
import { useSession } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Command } from "../../ui/command.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { FactStrip } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { CannotSay, Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { numberText } from "../../words/count-text.ts";
import { batchWords, cosigning, ledgerHeading, whatWitnessesMean, witnessCount } from "../../words/ledger-words.ts";
import { AdvisoryKeys } from "./advisory-keys.tsx";
import { ledgerQuery, type Ledger } from "./ledger-queries.ts";
import { Statements } from "./statements.tsx";
import "./ledger.css";

/** What the ledger holds, how far it can be believed, and how a stranger checks it. */
export function LedgerPage() {
  const ledger = useQuery(ledgerQuery);
  if (ledger.data === undefined) {
    return (
      <Page title="Ledger">
        {ledger.isError ? (
          <Refusal title="The ledger could not be read" error={ledger.error} onRetry={() => void ledger.refetch()} />
        ) : (
          <Skeleton rows={6} what="the ledger" />
        )}
      </Page>
    );
  }
  return <Known ledger={ledger.data} />;
}

function Known({ ledger }: { readonly ledger: Ledger }) {
  const session = useSession();
  return (
    <Page
      title={ledgerHeading(ledger)}
      meta="Digests of what was decided, opened, shown and published here, in an order that cannot be changed unseen."
    >
      {ledger.refusal === undefined ? null : (
        <div className="notice notice-refusal" role="alert">
          <div className="stack">
            <h3>Nothing is signed until somebody has looked</h3>
            <p className="second">{ledger.refusal}</p>
          </div>
        </div>
      )}
      <Facts ledger={ledger} />
      <Section title="Witnesses" note="Independent servers that cosign each checkpoint.">
        <Witnesses ledger={ledger} />
      </Section>
      <Section title="Check it" note="From any computer, without an account.">
        <Check ledger={ledger} />
      </Section>
      <Section title="Signed advisories" note="With openssl, without this program.">
        <AdvisoryKeys />
      </Section>
      {session ? (
        <Section
          title="Statements"
          note="Those of your organisation. What a leaf stands for is told to nobody else but those who see what it is about."
        >
          <Statements mayErase={session.verbs.includes("organisation.manage")} />
        </Section>
      ) : null}
      <Section title="Checkpoints" note="The newest. Keep one, and a changed past can be shown.">
        <Checkpoints ledger={ledger} />
      </Section>
    </Page>
  );
}

function Facts({ ledger }: { readonly ledger: Ledger }) {
  const count = cosigning(ledger.witnesses);
  return (
    <FactStrip
      facts={[
        { label: "Leaves", value: <strong className="number">{numberText(ledger.size)}</strong>, note: "padding included" },
        {
          label: "Newest checkpoint",
          value: ledger.signedAtMs === undefined ? "none yet" : <Instant ms={ledger.signedAtMs} form="distance" />,
          note: ledger.isRecording ? "one after each batch" : "batches begin with the first statement",
        },
        {
          label: "Independent witnesses",
          value: count === 0 ? <State kind="cannot-say">0</State> : <State kind="passed">{numberText(count)}</State>,
          note: count === 0 ? "cannot say whether there is another tree" : `of ${numberText(ledger.witnesses.length)} that are named`,
        },
        {
          label: "Signing keys",
          value: <strong className="number">{numberText(ledger.verifierKeys.length)}</strong>,
          note: ledger.verifierKeys.length > 1 ? "one takes over from another" : "Ed25519",
        },
      ]}
    />
  );
}

function Witnesses({ ledger }: { readonly ledger: Ledger }) {
  const count = cosigning(ledger.witnesses);
  const meaning = <p>{whatWitnessesMean(count)}</p>;
  return (
    <div className="stack">
      {count === 0 ? <CannotSay title={`There is ${witnessCount(0)}`}>{meaning}</CannotSay> : meaning}
      {ledger.witnesses.length === 0 ? null : (
        <DataTable
          label="Witnesses"
          columns={witnessColumns}
          rows={ledger.witnesses}
          rowId={({ verifierKey }) => verifierKey}
          rowSize="tall"
        />
      )}
    </div>
  );
}

const witnessColumns: readonly Column<Ledger["witnesses"][number]>[] = [
  {
    id: "name",
    header: "Witness",
    cell: ({ name, problem }) => (
      <>
        <span className="row-name">{name}</span>
        {problem === undefined ? null : <span className="cell-second">{problem}</span>}
      </>
    ),
    fileValue: ({ name }) => name,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "size",
    header: "Cosigned leaves",
    align: "end",
    cell: ({ size }) => (size === undefined ? "none yet" : <span className="number">{numberText(size)}</span>),
    fileValue: ({ size }) => size,
    stacked: "line",
  },
  {
    id: "at",
    header: "When",
    cell: ({ cosignedAtMs }) => (cosignedAtMs === undefined ? "" : <Instant ms={cosignedAtMs} form="distance" />),
    fileValue: ({ cosignedAtMs }) => (cosignedAtMs === undefined ? undefined : new Date(cosignedAtMs).toISOString()),
    stacked: "side",
  },
];

function Check({ ledger }: { readonly ledger: Ledger }) {
  const address = `${window.location.origin}/ledger/`;
  return (
    <div className="stack">
      <p>
        Takes every leaf, rebuilds the root that was signed and keeps the checkpoint. The next time, give it with <code>--since</code>: what
        comes after must continue it. Take the verifier key from somewhere else than this page to know whose ledger it is.
      </p>
      <Command text={`sluice ledger verify ${address} --key ${ledger.verifierKeys[0] ?? "VKEY"} --keep checkpoint`} />
      <p>
        A receipt is checked without any server: <code>sluice ledger verify receipt.json --key VKEY</code>. The log is served as{" "}
        <a href="https://c2sp.org/tlog-tiles">c2sp.org/tlog-tiles</a> has it, for every other tool.
      </p>
      <dl className="ledger-names">
        {[["Name", ledger.origin] as const, ...ledger.verifierKeys.map((key) => ["Verifier key", key] as const)].map(([label, value]) => (
          <div key={value}>
            <dt>{label}</dt>
            <dd>
              <CopyableId value={value} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="note">{batchWords(ledger.everySeconds, ledger.batchLeaves)}</p>
      {ledger.otherOrigins.length === 0 ? null : (
        <p className="note">
          The same keys have signed another ledger before, which this database does not hold: {ledger.otherOrigins.join(", ")}.
        </p>
      )}
    </div>
  );
}

function Checkpoints({ ledger }: { readonly ledger: Ledger }) {
  if (ledger.checkpoints.length === 0) {
    return (
      <Empty title="No checkpoint yet">
        <p>The server signs one when it starts.</p>
      </Empty>
    );
  }
  return (
    <>
      <DataTable label="Checkpoints" columns={checkpointColumns} rows={ledger.checkpoints} rowId={({ size }) => String(size)} />
      <p className="note">
        <a href="/ledger/checkpoint">The newest as it is served</a>
      </p>
    </>
  );
}

const checkpointColumns: readonly Column<Ledger["checkpoints"][number]>[] = [
  {
    id: "size",
    header: "Leaves",
    align: "end",
    cell: ({ size }) => <span className="number">{numberText(size)}</span>,
    fileValue: ({ size }) => size,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "root",
    header: "Root",
    cell: ({ root }) => <CopyableId value={root} shown={`${root.slice(0, 16)}…`} />,
    fileValue: ({ root }) => root,
    stacked: "plain",
  },
  {
    id: "at",
    header: "Signed",
    cell: ({ signedAtMs }) => <Instant ms={signedAtMs} form="distance" />,
    fileValue: ({ signedAtMs }) => new Date(signedAtMs).toISOString(),
    stacked: "side",
  },
];
