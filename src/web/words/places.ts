import type { OrganisationKind, Verb } from "../../vocabulary/organisation.ts";
import { modelsTitle } from "./model-words.ts";

export type Place = {
  readonly to: string;
  readonly label: string;
  /** Only this address, not what lies under it. */
  readonly end: boolean;
  /** What the count beside it counts. */
  readonly counts?: "work" | "unseen";
};

/** The public record: the front door, vulnerabilities, packages, data. */
export const recordPlaces: readonly Place[] = [
  { to: "/vulnerabilities", label: "Vulnerabilities", end: false },
  { to: "/packages", label: "Packages", end: false },
  { to: "/data", label: "Data", end: false },
];

export const strangerPlaces: readonly Place[] = [{ to: "/", label: "Search", end: true }, ...recordPlaces];

const draftsWord: Readonly<Record<OrganisationKind, string>> = {
  coordinator: "Releases",
  agency: "Notices",
  lab: "Drafts",
  maintainer: "Drafts",
  vendor: "Drafts",
  operator: "Notices",
  distributor: "Notices",
  finder: "Drafts",
  prosecutor: "Notices",
};

/** Those that offer models, and those that test them for the government. */
const modelKinds: ReadonlySet<OrganisationKind> = new Set(["lab", "coordinator", "agency"]);

/** Whether organisations of this kind have a list of models, theirs or offered to them. */
export function hasModels(kind: OrganisationKind): boolean {
  return modelKinds.has(kind);
}

/** Whether a word for models that are granted has room, and what is offered none of its own. */
export function mayShowGrants(kind: OrganisationKind, verbs: readonly Verb[]): boolean {
  return !modelKinds.has(kind) && verbs.includes("model.read");
}

/** The words of the top bar for whoever acts for an organisation of this kind, before the record. `hasGrants`: it may use a model. */
export function placesOf(kind: OrganisationKind, verbs: readonly Verb[], hasGrants = false): readonly Place[] {
  return [
    { to: "/", label: kind === "coordinator" ? "Queue" : "To do", end: true, counts: "work" },
    ...(verbs.includes("draft.read") ? [{ to: "/drafts", label: draftsWord[kind], end: false }] : []),
    ...(modelKinds.has(kind) && verbs.includes("model.read") ? [{ to: "/models", label: modelsTitle(kind), end: false }] : []),
    ...(hasGrants && mayShowGrants(kind, verbs) ? [{ to: "/grants", label: "Windows", end: false }] : []),
    ...(verbs.includes("notification.manage")
      ? [{ to: "/notifications", label: "Notifications", end: false, counts: "unseen" } as const]
      : []),
  ];
}

const recordPaths = ["/record", "/scan", ...recordPlaces.map(({ to }) => to)];

/** True for pages of the public record, which are the same for everyone. */
export function isRecord(path: string): boolean {
  return recordPaths.some((start) => path === start || path.startsWith(`${start}/`));
}
