import type { DraftLevel } from "../../src/vocabulary/level.ts";
import type { Circle, Organisation } from "./cast.ts";
import { AMENDED_DELTA, DRAFTS, DRAFT_STORIES, type Draft, type PlannedStage } from "./drafts.ts";
import type { StoryHour } from "./story-hour.ts";

/** What somebody does. Everything else in the story happens by itself, at its hour. */
export type Act =
  | {
      readonly does: "writes" | "agrees" | "holds" | "lifts" | "abandons" | "reads-research";
      readonly who: Organisation;
      readonly draft: Draft;
    }
  | { readonly does: "ends-early"; readonly who: Organisation; readonly draft: Draft; readonly because: "leak" | "exploitation" }
  | { readonly does: "states"; readonly who: Organisation; readonly draft: Draft; readonly event: "patch-ready" | "leak" | "exploitation" }
  | { readonly does: "proposes"; readonly who: Organisation; readonly draft: Draft; readonly stages: readonly PlannedStage[] }
  | { readonly does: "consents"; readonly who: Organisation; readonly draft: Draft }
  | { readonly does: "excepts"; readonly who: Organisation; readonly draft: Draft; readonly whom: Organisation }
  | { readonly does: "joins" | "signs"; readonly who: Organisation; readonly circle: Circle }
  | { readonly does: "changes-agreement"; readonly who: Organisation; readonly circle: Circle; readonly to: string }
  | { readonly does: "revokes"; readonly who: Organisation; readonly circle: Circle; readonly whom: Organisation }
  | { readonly does: "dismisses"; readonly who: Organisation };

/** What an organisation then sees of a draft, as a reader of the story expects it; "nothing" = not even that it exists. */
export type Knows = readonly [who: Organisation, draft: Draft, level: DraftLevel | "nothing"];

export type Scene = { readonly at: StoryHour; readonly title: string; readonly acts: readonly Act[]; readonly known: readonly Knows[] };

/** The whole story. Hours that are not here pass as well, and whatever is planned for them happens. */
export const SCRIPT: readonly Scene[] = [
  scene("Mon 07", "Nine draft advisories are written in secret", DRAFTS.filter((draft) => draft !== "juniper").map(writes), [
    ["lantern", "ember", "case"],
    ["harbour", "ember", "nothing"],
    ["quill", "ember", "nothing"],
    ["ward", "ember", "nothing"],
  ]),
  scene("Mon 08", "Their plans are agreed", DRAFTS.filter((draft) => draft !== "juniper").map(agrees), [
    ["mast", "delta", "case"],
    ["lantern", "delta", "nothing"],
  ]),
  scene(
    "Mon 09",
    "The coordinator is read into one case",
    [],
    [
      ["harbour", "cobalt", "case"],
      ["harbour", "ember", "nothing"],
    ],
  ),
  scene(
    "Mon 10",
    "The first fix reaches whoever has signed and is not kept out",
    [],
    [
      ["mast", "ember", "fix"],
      ["quill", "ember", "fix"],
      ["keel", "ember", "nothing"],
      ["signals", "ember", "nothing"],
      ["ward", "ember", "nothing"],
      ["prism", "ash", "case"],
      ["mast", "ash", "nothing"],
    ],
  ),
  scene(
    "Mon 12",
    "Operators learn that something is coming, and no more",
    [],
    [
      ["ward", "ember", "notice"],
      ["board", "ember", "notice"],
      ["quill", "ember", "fix"],
      ["mast", "heron", "nothing"],
      ["quill", "delta", "build"],
    ],
  ),
  scene(
    "Mon 13",
    "Keel signs, joins and catches up; the coordinator stops one release",
    [
      { does: "joins", who: "keel", circle: "fixers" },
      { does: "holds", who: "harbour", draft: "cobalt" },
    ],
    [
      ["keel", "ember", "fix"],
      ["keel", "delta", "build"],
    ],
  ),
  scene(
    "Mon 15",
    "What is held stays shut",
    [],
    [
      ["mast", "cobalt", "nothing"],
      ["ward", "cobalt", "nothing"],
    ],
  ),
  scene(
    "Mon 17",
    "The hold is lifted, and both stages that were due open in this hour",
    [{ does: "lifts", who: "harbour", draft: "cobalt" }],
    [
      ["mast", "cobalt", "fix"],
      ["ward", "cobalt", "notice"],
    ],
  ),
  scene(
    "Mon 18",
    "Research is read at the table, and it is written down who read",
    [{ does: "reads-research", who: "wren", draft: "heron" }],
    [
      ["wren", "heron", "case"],
      ["mast", "heron", "nothing"],
    ],
  ),
  scene(
    "Mon 20",
    "Keel, who is in the circle now, writes the tenth",
    [writes("juniper"), agrees("juniper")],
    [
      ["keel", "juniper", "case"],
      ["quill", "juniper", "nothing"],
    ],
  ),
  scene(
    "Tue 09",
    "The patch for one is ready, and operators have it at once",
    [{ does: "states", who: "wren", draft: "ash", event: "patch-ready" }],
    [
      ["ward", "ash", "fix"],
      ["board", "ash", "fix"],
      ["keel", "ash", "nothing"],
      ["vault", "birch", "notice"],
    ],
  ),
  scene(
    "Tue 10",
    "Vault is put out of the circle and sees nothing any more",
    [{ does: "revokes", who: "harbour", circle: "operators", whom: "vault" }],
    [
      ["vault", "ember", "nothing"],
      ["vault", "ash", "nothing"],
      ["ward", "garnet", "notice"],
    ],
  ),
  scene(
    "Tue 11",
    "One leaks: its owner ends the embargo, and everyone has it",
    [{ does: "ends-early", who: "lantern", draft: "birch", because: "leak" }],
    [
      ["vault", "birch", "public"],
      ["signals", "birch", "public"],
      ["mast", "birch", "fix"],
      ["ward", "birch", "notice"],
    ],
  ),
  scene(
    "Tue 12",
    "The Signals Bureau is let see one, and only that",
    [{ does: "excepts", who: "quill", draft: "garnet", whom: "signals" }],
    [
      ["signals", "garnet", "fix"],
      ["signals", "ember", "nothing"],
      ["ward", "ember", "fix"],
    ],
  ),
  scene(
    "Tue 13",
    "Mast wants to be quicker and cannot decide it alone",
    [{ does: "proposes", who: "mast", draft: "delta", stages: AMENDED_DELTA }],
    [["ward", "delta", "notice"]],
  ),
  scene("Tue 14", "Lantern agrees to it", [{ does: "consents", who: "lantern", draft: "delta" }], [["ward", "heron", "fix"]]),
  scene(
    "Tue 15",
    "A warning closes by its plan",
    [],
    [
      ["ward", "fjord", "nothing"],
      ["mast", "fjord", "fix"],
    ],
  ),
  scene(
    "Tue 16",
    "Spark's membership expires; Quill dismisses a member, whose token dies with it",
    [{ does: "dismisses", who: "quill" }],
    [
      ["spark", "ember", "nothing"],
      ["ward", "ember", "fix"],
    ],
  ),
  scene(
    "Tue 18",
    "The amended plan runs",
    [],
    [
      ["ward", "delta", "fix"],
      ["spark", "delta", "nothing"],
    ],
  ),
  scene(
    "Wed 08",
    "One is exploited: operators have the fix a day early",
    [{ does: "states", who: "harbour", draft: "iris", event: "exploitation" }],
    [
      ["rail", "iris", "fix"],
      ["vault", "iris", "nothing"],
    ],
  ),
  scene(
    "Wed 09",
    "The amended hour comes for everyone",
    [],
    [
      ["vault", "delta", "public"],
      ["keel", "delta", "build"],
    ],
  ),
  scene(
    "Wed 10",
    "The first plan ends as it was written",
    [],
    [
      ["spark", "ember", "public"],
      ["signals", "ember", "public"],
    ],
  ),
  scene(
    "Wed 14",
    "One is abandoned: whoever was told of it sees that it will not come",
    [{ does: "abandons", who: "keel", draft: "juniper" }],
    [
      ["mast", "juniper", "notice"],
      ["ward", "juniper", "nothing"],
    ],
  ),
  scene(
    "Wed 17",
    "The fixers' agreement is another one: nobody is inside until it has signed that",
    [
      {
        does: "changes-agreement",
        who: "harbour",
        circle: "fixers",
        to: "What is read here is used to prepare fixes, and is not given to suppliers.",
      },
      { does: "signs", who: "mast", circle: "fixers" },
    ],
    [
      ["mast", "fjord", "fix"],
      ["prism", "fjord", "nothing"],
      ["keel", "iris", "nothing"],
      ["prism", "iris", "fix"],
    ],
  ),
  scene(
    "Wed 18",
    "Prism has signed as well, Keel has not",
    [{ does: "signs", who: "prism", circle: "fixers" }],
    [
      ["prism", "fjord", "fix"],
      ["keel", "fjord", "nothing"],
    ],
  ),
  scene(
    "Thu 09",
    "What was withdrawn is public",
    [],
    [
      ["ward", "fjord", "public"],
      ["vault", "fjord", "public"],
    ],
  ),
  scene(
    "Thu 16",
    "The hour of the abandoned one passes, and nothing comes",
    [],
    [
      ["ward", "juniper", "nothing"],
      ["vault", "juniper", "nothing"],
    ],
  ),
];

function writes(draft: Draft): Act {
  return { does: "writes", who: DRAFT_STORIES[draft].owner, draft };
}

function agrees(draft: Draft): Act {
  return { does: "agrees", who: DRAFT_STORIES[draft].owner, draft };
}

function scene(at: StoryHour, title: string, acts: readonly Act[], known: readonly Knows[]): Scene {
  return { at, title, acts, known };
}
