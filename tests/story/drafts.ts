import type { DraftLevel } from "../../src/vocabulary/level.ts";
import type { ReleaseEvent } from "../../src/vocabulary/release-plan.ts";
import type { Circle, Organisation } from "./cast.ts";
import type { StoryHour } from "./story-hour.ts";

/** Ten draft advisories, each with a name of its own. The packages are real, the faults are invented. */
export const DRAFTS = ["ember", "birch", "cobalt", "delta", "ash", "fjord", "garnet", "heron", "iris", "juniper"] as const;
export type Draft = (typeof DRAFTS)[number];

export type Affected = {
  readonly ecosystem: "npm" | "PyPI";
  readonly name: string;
  /** From the first version up to, and without, the second. */
  readonly ranges: readonly (readonly [introduced: string, fixed: string])[];
};

export type PlannedStage = {
  /** Names the stage within its draft, in the story only. */
  readonly key: string;
  /** A circle, or one organisation alone; undefined = everyone. */
  readonly to: Circle | Organisation | undefined;
  readonly level: DraftLevel;
  readonly opens: StoryHour | undefined;
  readonly on: readonly ReleaseEvent[];
  readonly closes: StoryHour | undefined;
};

export type DraftStory = {
  readonly owner: Organisation;
  readonly zone: string;
  readonly affects: readonly Affected[];
  readonly stages: readonly PlannedStage[];
  /** Who has a say in the plan beside its owner. */
  readonly consenters: readonly Organisation[];
};

export const DRAFT_STORIES: Readonly<Record<Draft, DraftStory>> = {
  // Runs by its hours from the first stage to the last.
  ember: {
    owner: "lantern",
    zone: "Europe/Berlin",
    affects: [npm("express", ["4.0.0", "4.22.0"])],
    stages: [
      stage("fixers", "fix", "Mon 10"),
      stage("operators", "notice", "Mon 12"),
      stage("operators", "fix", "Tue 12"),
      everyone("Wed 10"),
    ],
    consenters: [],
  },
  // Leaks on Tuesday at 11 and is public at once, two days before its hour.
  birch: {
    owner: "lantern",
    zone: "Europe/Berlin",
    affects: [npm("qs", ["6.0.0", "6.14.0"])],
    stages: [stage("fixers", "fix", "Mon 11"), stage("operators", "notice", "Tue 09"), everyone("Thu 10", ["leak"])],
    consenters: [],
  },
  // Held by the coordinator from Monday 13 to 17: what was due meanwhile opens when the hold is lifted.
  cobalt: {
    owner: "lantern",
    zone: "America/New_York",
    affects: [npm("minimatch", ["3.0.0", "3.1.3"], ["9.0.0", "9.0.8"])],
    stages: [
      stage("harbour", "case", "Mon 09"),
      stage("fixers", "fix", "Mon 14"),
      stage("operators", "notice", "Mon 15"),
      everyone("Wed 12"),
    ],
    consenters: ["harbour"],
  },
  // Amended on Tuesday: public a day sooner, and operators get the fix the evening before. Lantern has a say and agrees.
  delta: {
    owner: "mast",
    zone: "Asia/Tokyo",
    affects: [npm("semver", ["7.0.0", "7.8.5"])],
    stages: [
      stage("lantern", "case", "Mon 10"),
      stage("fixers", "build", "Mon 12"),
      stage("operators", "notice", "Tue 08"),
      everyone("Thu 12"),
    ],
    consenters: ["lantern"],
  },
  // Opens to operators with the patch, whenever that is; it is on Tuesday at 9.
  ash: {
    owner: "wren",
    zone: "Europe/London",
    affects: [npm("json5", ["0", "2.2.2"])],
    stages: [stage("table", "case", "Mon 10"), stage("operators", "fix", undefined, ["patch-ready"]), everyone("Wed 15", ["leak"])],
    consenters: [],
  },
  // The operators' warning is withdrawn on Tuesday at 15; they see it again with everyone.
  fjord: {
    owner: "quill",
    zone: "Europe/Paris",
    affects: [pypi("requests", ["2.0.0", "2.33.0"])],
    stages: [stage("fixers", "fix", "Mon 12"), stage("operators", "notice", "Mon 13", [], "Tue 15"), everyone("Thu 09")],
    consenters: [],
  },
  // The one of which the Signals Bureau is let see what the fixers see, from Tuesday at 12.
  garnet: {
    owner: "quill",
    zone: "Europe/Paris",
    affects: [pypi("urllib3", ["1.0", "2.6.4"])],
    stages: [stage("fixers", "fix", "Mon 16"), stage("operators", "notice", "Tue 10"), everyone("Wed 16")],
    consenters: [],
  },
  // The table reads the research. The package is spelled as its makers do, and otherwise in the lockfiles.
  heron: {
    owner: "prism",
    zone: "UTC",
    affects: [pypi("PyYAML", ["0", "6.0.2"])],
    stages: [stage("table", "case", "Mon 12"), stage("fixers", "fix", "Tue 07"), stage("operators", "fix", "Tue 14"), everyone("Wed 11")],
    consenters: [],
  },
  // One fault in two ecosystems. It is exploited on Wednesday at 8: operators get the fix at once, everyone else by the hour.
  iris: {
    owner: "harbour",
    zone: "Europe/Berlin",
    affects: [npm("punycode", ["2.0.0", "2.3.1"]), pypi("idna", ["0", "3.7"])],
    stages: [
      stage("fixers", "fix", "Mon 18"),
      stage("operators", "notice", "Mon 19"),
      stage("operators", "fix", "Thu 08", ["exploitation"]),
      everyone("Thu 14"),
    ],
    consenters: [],
  },
  // Turns out to be nothing, and is abandoned on Wednesday at 14.
  juniper: {
    owner: "keel",
    zone: "Europe/Berlin",
    affects: [pypi("certifi", ["0", "2023.7.22"])],
    stages: [stage("fixers", "notice", "Tue 10"), everyone("Thu 16")],
    consenters: [],
  },
};

/** What Mast proposes for `delta`: the same stages, one more, and another hour for everyone. */
export const AMENDED_DELTA: readonly PlannedStage[] = [
  ...DRAFT_STORIES.delta.stages.filter(({ to }) => to !== undefined),
  stage("operators", "fix", "Tue 18"),
  everyone("Wed 09"),
];

function npm(name: string, ...ranges: Affected["ranges"]): Affected {
  return { ecosystem: "npm", name, ranges };
}

function pypi(name: string, ...ranges: Affected["ranges"]): Affected {
  return { ecosystem: "PyPI", name, ranges };
}

function stage(
  to: Circle | Organisation,
  level: DraftLevel,
  opens: StoryHour | undefined,
  on: readonly ReleaseEvent[] = [],
  closes?: StoryHour,
): PlannedStage {
  return { key: `${to} ${level}`, to, level, opens, on, closes };
}

function everyone(opens: StoryHour, on: readonly ReleaseEvent[] = []): PlannedStage {
  return { key: "everyone", to: undefined, level: "public", opens, on, closes: undefined };
}
