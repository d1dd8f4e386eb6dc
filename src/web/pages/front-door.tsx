import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { SearchInput } from "../forms/search-input.tsx";
import { statusQuery, type Status } from "../queries.ts";
import { DropDocument } from "../scan/drop-document.tsx";
import { CopyableId } from "../ui/copyable-id.tsx";
import { Command } from "../ui/command.tsx";
import { Instant } from "../ui/instant.tsx";
import { CannotSay, Empty, Refusal, Skeleton } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { Section } from "../ui/section.tsx";
import { StateShape } from "../ui/state.tsx";
import { countText, listText, numberText } from "../words/count-text.ts";
import { searchTarget } from "../words/search-target.ts";
import { EcosystemTables } from "./ecosystem-tables.tsx";
import "./front-door.css";

const examples = ["lodash 4.17.15", "CVE-2020-8203", "CWE-1321"] as const;
/** Tried where Go's advisories are held. */
const goExample = "pkg:golang/golang.org/x/crypto@v0.17.0";

export function FrontDoor() {
  const navigate = useNavigate();
  const status = useQuery(statusQuery);
  return (
    <Page
      title="Sluice"
      heading="Find out what of yours is vulnerable, and what to change."
      look="front-door"
      meta={
        <>
          <p className="front-door-lead">
            Sluice is a clearinghouse for software vulnerabilities. It keeps what every source says, as received, and answers which upgrades
            end what affects you, worst first. What is public, anyone can ask here.
          </p>
          <SearchInput
            look="front-door"
            label="Search vulnerabilities and packages"
            placeholder="A CVE, a package, a version or a weakness"
            onSearch={(text) => void navigate(searchTarget(text))}
          />
          <p className="front-door-try">
            <span>Try</span>
            {(status.data?.ecosystems.some(({ ecosystem }) => ecosystem === "Go") === true ? [...examples, goExample] : examples).map(
              (text) => (
                <Link key={text} to={searchTarget(text)}>
                  <code>{text}</code>
                </Link>
              ),
            )}
          </p>
        </>
      }
      action={<DropDocument />}
    >
      <div className="section-ruled" />
      <Section title="What this server knows" note="An answer is never better than this table.">
        {status.data !== undefined ? (
          <Knowledge status={status.data} />
        ) : status.isError ? (
          <Refusal title="What this server knows could not be read" error={status.error} onRetry={() => void status.refetch()} />
        ) : (
          <Skeleton rows={6} what="what this server knows" />
        )}
      </Section>
      <Section title="From the command line" note="The tools you have work unchanged.">
        <div className="front-door-commands">
          <div>
            <h3>Scan a project</h3>
            <Command text="npx sluice scan ." short />
            <p className="note">The plan first, then the findings. Works offline from a snapshot.</p>
          </div>
          <div>
            <h3>Keep npm as it is</h3>
            <Command text={`npm audit --registry ${location.origin}`} short />
            <p className="note">Also pnpm, yarn and bun.</p>
          </div>
          <div>
            <h3>Ask the API</h3>
            <Command text={`curl ${location.origin}/v1/vulns/ID`} short />
            <p className="note">
              OSV API v1 to the letter. <a href="/docs">Reference and examples</a>
            </p>
          </div>
        </div>
      </Section>
    </Page>
  );
}

function Knowledge({ status }: { readonly status: Status }) {
  const { ecosystems, advisories, newestChangeMs, problems, exploited } = status;
  const held = ecosystems.filter(({ standing }) => standing !== undefined && standing.advisories > 0);
  if (held.length === 0) {
    return (
      <Empty title="No advisories yet">
        <p>This server has not taken any feed, so it cannot say anything. Whoever runs it takes the npm advisories with:</p>
        <Command text="sluice sync npm" />
      </Empty>
    );
  }
  return (
    <>
      <p className="front-door-sum">
        <strong className="number">{numberText(advisories)}</strong> advisories in <strong className="number">{held.length}</strong>{" "}
        {held.length === 1 ? "ecosystem" : "ecosystems"}
        {newestChangeMs === undefined ? null : (
          <>
            , newest change <Instant ms={newestChangeMs} form="distance" />
          </>
        )}
        .{" "}
        {problems === 0 ? null : (
          <>
            {countText(problems, "record")} could not be read: <Link to="/data#problems">see which, and why</Link>.
          </>
        )}
      </p>
      <EcosystemTables ecosystems={ecosystems} />
      <SampleNote ecosystems={ecosystems} />
      <p className="front-door-legend">
        <StateShape kind="cannot-say" /> <span className="unsaid-word">Cannot say</span> means there is no data, only a sample, data of
        unknown age or over 7 days old, or no order of its versions. It never means “not affected”. All sources are on the{" "}
        <Link to="/data">data page</Link>.{" "}
        {exploited === undefined ? (
          "Exploitation: the KEV catalogue has not been read."
        ) : (
          <>
            Exploitation: {countText(exploited.entries, "entry", "entries")} in CISA KEV
            {exploited.statedAtMs === undefined ? (
              ", of unknown age"
            ) : (
              <>
                , stated <Instant ms={exploited.statedAtMs} form="distance" />
              </>
            )}
            .
          </>
        )}
      </p>
    </>
  );
}

/** Says plainly that this is a sample to try with, and what takes the whole. */
function SampleNote({ ecosystems }: { readonly ecosystems: Status["ecosystems"] }) {
  const samples = ecosystems.filter(({ cannotSay }) => cannotSay === "sample").map(({ ecosystem }) => ecosystem);
  if (samples.length === 0) return null;
  return (
    <div className="front-door-sample">
      <CannotSay title={`${listText(samples)}: a bundled sample, to try with`}>
        <p>
          It finds, but it cannot say that nothing was found. Whoever runs this server takes the whole with{" "}
          <CopyableId value={`sluice sync ${samples.join(" ")}`} />
        </p>
      </CannotSay>
    </div>
  );
}
