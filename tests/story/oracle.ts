import type { PartKind } from "../../src/vocabulary/draft-advisory.ts";
import type { DraftLevel } from "../../src/vocabulary/level.ts";
import type { Opened, ReleaseEvent } from "../../src/vocabulary/release-plan.ts";
import type { Circle, Operator, Organisation } from "./cast.ts";
import type { Affected, Draft, PlannedStage } from "./drafts.ts";

/**
 * Who was told what, kept from the plans and the steps alone. It shares no line with the server: what is true is reckoned here again, in the
 * simplest words, and the server is held to it.
 */
export type Oracle = {
  readonly circleMade: (circle: Circle, terms: { readonly needsSignature: boolean }) => void;
  readonly admitted: (circle: Circle, whom: Organisation, untilMs: number | undefined) => void;
  /** Another text: nobody has signed it. */
  readonly agreementChanged: (circle: Circle) => void;
  readonly signed: (circle: Circle, whom: Organisation) => void;
  readonly revoked: (circle: Circle, whom: Organisation) => void;
  readonly written: (draft: Draft, owner: Organisation, affects: readonly Affected[]) => void;
  readonly agreed: (draft: Draft, stages: readonly StageFacts[]) => void;
  readonly amended: (draft: Draft, stages: readonly StageFacts[]) => void;
  readonly held: (draft: Draft) => void;
  readonly lifted: (draft: Draft) => void;
  readonly stated: (draft: Draft, event: ReleaseEvent) => void;
  readonly abandoned: (draft: Draft) => void;
  readonly excepted: (draft: Draft, whom: Organisation) => void;
  /** Time has come to this moment; what was due opens. */
  readonly timeIs: (ms: number) => void;

  /** Undefined = not even that it exists. */
  readonly levelOf: (whom: Organisation, draft: Draft) => DraftLevel | undefined;
  /** The most confidential level that a circle or the plan gave it; `public` alone is no place in anybody's list. */
  readonly isListed: (whom: Organisation, draft: Draft) => boolean;
  readonly stateOf: (draft: Draft) => "open" | "published" | "abandoned";
  readonly opened: (draft: Draft) => readonly OpenedStage[];
  readonly scanOf: (whom: Operator, runs: readonly Installed[]) => ScanFacts;
  /** Organisations that were told of an opening in the moment in which it happened. */
  readonly reachedBy: (draft: Draft, stage: string) => readonly Organisation[];
};

export type StageFacts = Omit<PlannedStage, "opens" | "closes"> & {
  readonly opensMs: number | undefined;
  readonly closesMs: number | undefined;
};
export type OpenedStage = { readonly stage: string; readonly atMs: number; readonly by: Opened["by"] };
export type Installed = { readonly ecosystem: string; readonly name: string; readonly versions: readonly string[] };
/** What a scan must say: drafts with the package versions in their ranges and what ends them, drafts of which only names are told, and what is public. */
export type ScanFacts = {
  readonly findings: ReadonlyMap<Draft, readonly string[]>;
  readonly notices: ReadonlyMap<Draft, readonly string[]>;
  readonly published: ReadonlyMap<Draft, readonly string[]>;
};

const ORDER: readonly DraftLevel[] = ["case", "build", "fix", "notice", "public"];

type CircleFacts = {
  readonly needsSignature: boolean;
  readonly members: Map<Organisation, { readonly untilMs: number }>;
  readonly signatures: Set<Organisation>;
};
type DraftFacts = {
  readonly owner: Organisation;
  readonly affects: readonly Affected[];
  stages: readonly StageFacts[];
  isAgreed: boolean;
  isHeld: boolean;
  isAbandoned: boolean;
  readonly events: Map<ReleaseEvent, number>;
  readonly opened: Map<string, OpenedStage & { readonly reached: readonly Organisation[] }>;
  readonly excepted: Set<Organisation>;
};

export function createOracle(everybody: readonly Organisation[], isExcluded: (whom: Organisation) => boolean): Oracle {
  const circles = new Map<string, CircleFacts>();
  const drafts = new Map<Draft, DraftFacts>();
  let nowMs = 0;

  const circleOf = (circle: Circle): CircleFacts => known(circles.get(circle), circle);
  const factsOf = (draft: Draft): DraftFacts => known(drafts.get(draft), draft);

  /** A stage opens to a circle's members who may enter, or to the one organisation that it names. */
  const isInside = (to: PlannedStage["to"], whom: Organisation): boolean => {
    if (to === undefined) return true;
    const circle = circles.get(to);
    if (circle === undefined) return to === whom;
    const member = circle.members.get(whom);
    return member !== undefined && nowMs < member.untilMs && (!circle.needsSignature || circle.signatures.has(whom));
  };

  const isKeptOut = (facts: DraftFacts, whom: Organisation): boolean =>
    isExcluded(whom) && facts.owner !== whom && !facts.excepted.has(whom);

  const levelsOf = (whom: Organisation, facts: DraftFacts): readonly DraftLevel[] => {
    if (facts.owner === whom) return ["case"];
    const given = facts.stages.filter(
      (stage) => facts.opened.has(stage.key) && (stage.closesMs === undefined || nowMs < stage.closesMs) && isInside(stage.to, whom),
    );
    return given.map(({ level }) => level).filter((level) => level === "public" || !isKeptOut(facts, whom));
  };

  const levelOf = (whom: Organisation, draft: Draft): DraftLevel | undefined => {
    const facts = drafts.get(draft);
    return facts === undefined ? undefined : mostConfidential(levelsOf(whom, facts));
  };

  const open = (facts: DraftFacts, stage: StageFacts, by: Opened["by"]): void => {
    if (facts.opened.has(stage.key)) return;
    const reached = everybody.filter((whom) => isInside(stage.to, whom) && (stage.to === undefined || !isKeptOut(facts, whom)));
    facts.opened.set(stage.key, { stage: stage.key, atMs: nowMs, by, reached });
  };

  /** An early end goes over every hold where the secret is out. */
  const isStopped = ({ isHeld, events }: DraftFacts): boolean =>
    isHeld && !(events.has("early-end") && (events.has("leak") || events.has("exploitation")));

  const openWhatIsDue = (facts: DraftFacts): void => {
    if (!facts.isAgreed || facts.isAbandoned || isStopped(facts)) return;
    for (const stage of facts.stages) {
      const by = causeOf(facts, stage);
      if (by !== undefined) open(facts, stage, by);
    }
    // Nobody in a circle is later than everyone with what is public by then.
    const last = facts.stages.find(({ to }) => to === undefined);
    const publicBy = last === undefined ? undefined : facts.opened.get(last.key)?.by;
    if (publicBy !== undefined)
      for (const stage of facts.stages) if (stage.level === "fix" || stage.level === "notice") open(facts, stage, publicBy);
  };

  const causeOf = ({ events }: DraftFacts, stage: StageFacts): Opened["by"] | undefined => {
    const heard = [...events]
      .filter(([event]) => stage.on.includes(event) || (event === "early-end" && stage.to === undefined))
      .map(([event, atMs]) => ({ by: event as Opened["by"], atMs }));
    const hour = stage.opensMs === undefined || stage.opensMs > nowMs ? [] : [{ by: "hour" as const, atMs: stage.opensMs }];
    return [...hour, ...heard].sort((a, b) => a.atMs - b.atMs)[0]?.by;
  };

  const isPublished = (facts: DraftFacts): boolean =>
    !facts.isAbandoned && facts.stages.some(({ to, key }) => to === undefined && facts.opened.has(key));

  const changed = (draft: Draft, change: (facts: DraftFacts) => void): void => {
    change(factsOf(draft));
    openWhatIsDue(factsOf(draft));
  };

  return {
    circleMade: (circle, { needsSignature }) => {
      circles.set(circle, { needsSignature, members: new Map(), signatures: new Set() });
    },
    admitted: (circle, whom, untilMs = Number.POSITIVE_INFINITY) => {
      circleOf(circle).members.set(whom, { untilMs });
    },
    agreementChanged: (circle) => circleOf(circle).signatures.clear(),
    signed: (circle, whom) => {
      circleOf(circle).signatures.add(whom);
    },
    revoked: (circle, whom) => {
      circleOf(circle).members.delete(whom);
    },
    written: (draft, owner, affects) => {
      const begun = { owner, affects, stages: [], isAgreed: false, isHeld: false, isAbandoned: false };
      drafts.set(draft, { ...begun, events: new Map(), opened: new Map(), excepted: new Set() });
    },
    agreed: (draft, stages) => changed(draft, (facts) => Object.assign(facts, { stages, isAgreed: true })),
    amended: (draft, stages) => changed(draft, (facts) => Object.assign(facts, { stages })),
    held: (draft) => changed(draft, (facts) => Object.assign(facts, { isHeld: true })),
    lifted: (draft) => changed(draft, (facts) => Object.assign(facts, { isHeld: false })),
    stated: (draft, event) => changed(draft, (facts) => void facts.events.set(event, nowMs)),
    abandoned: (draft) => changed(draft, (facts) => Object.assign(facts, { isAbandoned: true })),
    excepted: (draft, whom) => {
      factsOf(draft).excepted.add(whom);
    },
    timeIs: (ms) => {
      nowMs = ms;
      for (const facts of drafts.values()) openWhatIsDue(facts);
    },

    levelOf,
    isListed: (whom, draft) => {
      const facts = drafts.get(draft);
      return facts !== undefined && levelsOf(whom, facts).some((level) => level !== "public");
    },
    stateOf: (draft) => {
      const facts = factsOf(draft);
      if (facts.isAbandoned) return "abandoned";
      return isPublished(facts) ? "published" : "open";
    },
    opened: (draft) => [...factsOf(draft).opened.values()].map(({ stage, atMs, by }) => ({ stage, atMs, by })),
    reachedBy: (draft, stage) => factsOf(draft).opened.get(stage)?.reached ?? [],
    scanOf: (whom, runs) => {
      const answer = {
        findings: new Map<Draft, readonly string[]>(),
        notices: new Map<Draft, readonly string[]>(),
        published: new Map<Draft, readonly string[]>(),
      };
      for (const [draft, facts] of drafts) {
        const level = mostConfidential(levelsOf(whom, facts));
        const inRange = versionsInRange(facts.affects, runs);
        const named = namesOf(facts.affects, runs);
        if (facts.isAbandoned) continue;
        if (isPublished(facts)) {
          if (inRange.length > 0) answer.published.set(draft, inRange);
        } else if (level === "case" || level === "build" || level === "fix") {
          if (inRange.length > 0) answer.findings.set(draft, inRange);
        } else if (level === "notice") {
          if (named.length > 0) answer.notices.set(draft, named);
        }
      }
      return answer;
    },
  };
}

/** What of each kind of part is seen at a level; research is named to those who see the case and read by itself. */
export function kindsSeenAt(level: DraftLevel): readonly PartKind[] {
  const fix: readonly PartKind[] = ["affected", "details", "notice", "patch", "severity", "summary"];
  switch (level) {
    case "case":
      return [...fix, "build", "research"];
    case "build":
      return [...fix, "build"];
    case "fix":
      return fix;
    case "notice":
    case "public":
      return [];
  }
}

function versionsInRange(affects: readonly Affected[], runs: readonly Installed[]): readonly string[] {
  return affects
    .flatMap((affected) =>
      runs
        .filter((installed) => isSamePackage(affected, installed))
        .flatMap(({ versions }) =>
          versions.flatMap((version) =>
            affected.ranges
              .filter(([from, to]) => isWithin(version, from, to))
              .map(([, to]) => `${affected.ecosystem} ${affected.name.toLowerCase()} ${version} until ${to}`),
          ),
        ),
    )
    .sort();
}

function namesOf(affects: readonly Affected[], runs: readonly Installed[]): readonly string[] {
  return affects
    .filter((affected) => runs.some((installed) => isSamePackage(affected, installed)))
    .map(({ ecosystem, name }) => `${ecosystem} ${name.toLowerCase()}`)
    .sort();
}

function isSamePackage(affected: Affected, installed: Installed): boolean {
  return affected.ecosystem === installed.ecosystem && affected.name.toLowerCase() === installed.name.toLowerCase();
}

function isWithin(version: string, from: string, to: string): boolean {
  return compareDotted(from, version) <= 0 && compareDotted(version, to) < 0;
}

/** The versions of the story are numbers with dots: anything else has no place here. */
function compareDotted(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  if (left === undefined || right === undefined || [...left, ...right].some(Number.isNaN))
    throw new RangeError(`${a} or ${b} is no number with dots`);
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function mostConfidential(levels: readonly DraftLevel[]): DraftLevel | undefined {
  return ORDER.find((level) => levels.includes(level));
}

function known<T>(fact: T | undefined, name: string): T {
  if (fact === undefined) throw new RangeError(`the story has no ${name} yet`);
  return fact;
}
