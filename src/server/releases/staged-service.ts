import { affectedText } from "../../matching/scan/affected-text.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import type { AskedComponent } from "../../matching/scan/staged-components.ts";
import { encodeVersion } from "../../matching/versions/encode-version.ts";
import type { PatchBody } from "../../vocabulary/draft-advisory.ts";
import { levelNumber } from "../../vocabulary/level.ts";
import type { Fix } from "../../vocabulary/scan-answer.ts";
import type { StagedAnswer, StagedComponent, StagedDraft, StagedFinding } from "../../vocabulary/staged-answer.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import {
  matchStagedRows,
  readStagedFacts,
  writeReadings,
  type StagedHit,
  type StagedMention,
  type StagedPatch,
  type StagedQuestion,
} from "./staged-store.ts";

/** What draft advisories say of components, to a member. */
export type StagedService = { readonly match: (caller: Caller, components: readonly AskedComponent[]) => Promise<StagedAnswer> };

const FIX = levelNumber("fix");
const NOTICE = levelNumber("notice");
const NOTHING: StagedAnswer = { findings: [], notices: [], cannotCompare: [] };

export function createStagedService({ database, clock }: { readonly database: Database; readonly clock: () => number }): StagedService {
  return {
    match: async (caller, components) => {
      const asked = components.map(toAsked);
      const questions = asked.flatMap(({ questions: all }, number) => all.map((question) => ({ ...question, number })));
      if (questions.length === 0) return NOTHING;
      return database.transaction(caller.actor, async (transaction) => {
        const { hits, mentions } = await matchStagedRows(transaction, questions);
        if (hits.length === 0 && mentions.length === 0) return NOTHING;
        const drafts = new Map(
          [...hits, ...mentions].map((row) => [row.draft_id, { organisation: row.organisation_id, draft: row.draft_id }]),
        );
        const { facts, patches } = await readStagedFacts(transaction, [...drafts.values()]);
        const known = new Map(
          facts.map((row): [string, StagedDraft & { readonly title: string }] => [
            row.draft_id,
            {
              draft: row.draft_id,
              advisory: row.advisory_id,
              title: row.summary ?? row.advisory_id,
              publicAt: row.public_at === null ? undefined : { instantMs: row.public_at.getTime(), zone: row.public_zone ?? "UTC" },
            },
          ]),
        );
        const { answer, readings } = answerOf({ components, asked, hits, mentions, known, patches });
        await writeReadings(
          transaction,
          [...readings].map(([draft, level]) => ({ organisation: drafts.get(draft)?.organisation ?? "", draft, level })),
          { organisation: caller.organisation, person: caller.person, credential: caller.credential, atMs: clock() },
        );
        return answer;
      });
    },
  };
}

/** The names under which a component is looked up, and why its version cannot be compared, if so. */
type Asked = { readonly questions: readonly Omit<StagedQuestion, "number">[]; readonly refusal: string | undefined };

function toAsked({ ecosystem: suffixed, name: spelt, version }: AskedComponent): Asked {
  const ecosystem = ecosystemOf(suffixed);
  const name = ecosystem?.normaliseName(spelt) ?? spelt;
  const encoded =
    version === undefined || version === "" ? { reason: "the document does not say which version" } : keyOf(version, ecosystem);
  const key = encoded instanceof Uint8Array ? encoded : undefined;
  return {
    questions: namesOf(suffixed, ecosystem).map((one) => ({ ecosystem: one, name, version, key })),
    refusal: encoded instanceof Uint8Array ? undefined : encoded.reason,
  };
}

type KnownEcosystem = NonNullable<ReturnType<typeof ecosystemOf>>;

function keyOf(version: string, ecosystem: KnownEcosystem | undefined): Uint8Array | { readonly reason: string } {
  return ecosystem === undefined ? { reason: "no version order is known for its ecosystem" } : encodeVersion(version, ecosystem.scheme);
}

/** Distributions state `Ubuntu:22.04` for what their advisories call `Ubuntu:22.04:LTS`. */
function namesOf(suffixed: string, ecosystem: KnownEcosystem | undefined): readonly string[] {
  const release = suffixed.slice((ecosystem?.id.length ?? 0) + 1);
  const longTerm = `${release}:LTS`;
  return release !== "" && ecosystem?.releases?.covers(longTerm, release) === true ? [suffixed, `${suffixed}:LTS`] : [suffixed];
}

type Found = {
  readonly components: readonly AskedComponent[];
  readonly asked: readonly Asked[];
  readonly hits: readonly StagedHit[];
  readonly mentions: readonly StagedMention[];
  readonly known: ReadonlyMap<string, StagedDraft & { readonly title: string }>;
  readonly patches: readonly StagedPatch[];
};

/** The answer, and the most confidential level shown of each draft in it. */
function answerOf({ components, asked, hits, mentions, known, patches }: Found): {
  readonly answer: StagedAnswer;
  readonly readings: ReadonlyMap<string, number>;
} {
  const findings = new Map<string, StagedFinding & { readonly components: StagedComponent[] }>();
  const notices = new Map<string, StagedAnswer["notices"][number]>();
  const cannotCompare: StagedAnswer["cannotCompare"][number][] = [];
  const readings = new Map<string, number>();
  const shown = (draft: string, level: number): void => void readings.set(draft, Math.min(level, readings.get(draft) ?? level));
  const keyed = <T extends { readonly number: number; readonly draft_id: string }>(rows: readonly T[]): Map<string, T[]> =>
    Map.groupBy(rows, ({ number, draft_id }) => `${number} ${draft_id}`);
  const hitsOf = keyed(hits);
  const mentionsOf = keyed(mentions);
  for (const pair of new Set([...hitsOf.keys(), ...mentionsOf.keys()])) {
    const [number = "", draft = ""] = pair.split(" ");
    const staged = known.get(draft);
    const component = components[Number(number)];
    if (staged === undefined || component === undefined) continue;
    const { title, ...facts } = staged;
    const [held, mentioned] = [hitsOf.get(pair) ?? [], mentionsOf.get(pair) ?? []];
    const [hit] = held;
    if (hit !== undefined || mentioned.some(({ is_listed }) => is_listed)) {
      const own = patchesOf(patches, draft);
      const finding = findings.get(draft) ?? { ...facts, title, components: [], patches: own.map(({ kind, text }) => ({ kind, text })) };
      findings.set(draft, finding);
      const version = component.version ?? "";
      finding.components.push({
        ecosystem: component.ecosystem,
        name: component.name,
        version,
        affected:
          hit === undefined ? `=${version}` : affectedText({ loText: hit.lo_text, hiText: hit.hi_text ?? undefined, hiKind: hit.hi_kind }),
        places: [],
        fix: fixOf(hit, component, own),
      });
      shown(draft, FIX);
      continue;
    }
    const detailed = mentioned.filter(({ level }) => level <= FIX);
    const reason = asked[Number(number)]?.refusal ?? detailed.flatMap(({ set_aside }) => set_aside)[0];
    if (detailed.length > 0 && reason !== undefined) {
      cannotCompare.push({
        ...facts,
        ecosystem: component.ecosystem,
        name: component.name,
        version: component.version,
        places: [],
        reason,
      });
      shown(draft, FIX);
    }
    // Whoever sees the ranges needs no notice: the version is outside them.
    if (detailed.length > 0) continue;
    notices.set(`${draft} ${component.ecosystem} ${component.name}`, {
      ...facts,
      ecosystem: component.ecosystem,
      name: component.name,
      places: [],
    });
    shown(draft, NOTICE);
  }
  return { answer: { findings: [...findings.values()], notices: [...notices.values()], cannotCompare }, readings };
}

const PATCH_ORDER: readonly PatchBody["kind"][] = ["fixed-version", "commit", "diff", "mitigation"];

function patchesOf(patches: readonly StagedPatch[], draft: string): readonly PatchBody[] {
  const own = patches.filter(({ draft_id }) => draft_id === draft).map(({ body }) => body);
  return own.toSorted((a, b) => PATCH_ORDER.indexOf(a.kind) - PATCH_ORDER.indexOf(b.kind));
}

/** The end of the range that holds it, else the version that a patch names for the package. */
function fixOf(
  hit: StagedHit | undefined,
  { ecosystem: suffixed, name, version = "" }: AskedComponent,
  patches: readonly PatchBody[],
): Fix {
  const ecosystem = ecosystemOf(suffixed);
  const to = (kind: "version" | "above", target: string): Fix => ({
    kind,
    version: target,
    majorChange: ecosystem?.isBreaking(version, target) === true,
  });
  if (hit?.hi_text !== null && hit?.hi_text !== undefined) {
    if (hit.hi_kind === "fixed") return to("version", hit.hi_text);
    if (hit.hi_kind === "last_affected") return to("above", hit.hi_text);
  }
  const named = patches.find((patch) => patch.kind === "fixed-version" && (patch.name === undefined || patch.name === name));
  return named === undefined ? { kind: "none" } : to("version", named.text.trim());
}
