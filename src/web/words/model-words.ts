import type { EnrolmentEventAnswer } from "../../contract/endpoints/model-history.ts";
import type { ProposalAnswer } from "../../contract/endpoints/partners.ts";
import type { ListedModelAnswer, ModelAnswer, WindowAnswer } from "../../contract/model-schemas.ts";
import {
  type BoundSource,
  type ClosingCause,
  compareStanding,
  type GrantKind,
  type WindowStanding,
  type WindowState,
} from "../../vocabulary/access-window.ts";
import type { Custody, EnrolmentSide } from "../../vocabulary/enrolment.ts";
import type { ModelWire, OutsideFeature, ProbeOccasion, ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { OrganisationKind } from "../../vocabulary/organisation.ts";
import type { StateKind } from "../ui/state.tsx";
import { countText, numberText } from "./count-text.ts";
import { placeText } from "./key-place-words.ts";

type Shown = { readonly kind: StateKind; readonly word: string };

/** What the list of models is called for whoever acts. */
export function modelsTitle(kind: OrganisationKind): string {
  return kind === "lab" ? "Windows" : "Models";
}

const kinds: Readonly<Record<GrantKind, string>> = { "testing-window": "Testing window", "partner-stage": "Partner stage" };

export function kindText(kind: GrantKind): string {
  return kinds[kind];
}

const states: Readonly<Record<WindowState, Shown>> = {
  agreed: { kind: "waits", word: "not open yet" },
  open: { kind: "in-force", word: "open" },
  waiting: { kind: "due", word: "waits for its bound" },
  closed: { kind: "opened", word: "closed" },
};

export function stateShown(state: WindowState): Shown {
  return states[state];
}

/** The window that a page about a model is about: what is open first, then what will open soonest, then what closed last. */
export function leadingWindow(windows: readonly WindowAnswer[]): WindowAnswer | undefined {
  const standing = ({ state, opens, closes, closed }: WindowAnswer): WindowStanding => ({
    state,
    opensMs: opens.at.instantMs,
    closesMs: closes?.at.instantMs,
    closedMs: closed?.atMs,
  });
  return windows.toSorted((a, b) => compareStanding(standing(a), standing(b)))[0];
}

/** What happens next to a listed window, or happened last. */
export function windowMoment({ state, opensAtMs, closesAtMs, closedAtMs }: NonNullable<ListedModelAnswer["window"]>): {
  readonly before: string;
  readonly ms: number | undefined;
} {
  switch (state) {
    case "open":
      return closesAtMs === undefined ? { before: "until the lab ends it", ms: undefined } : { before: "closes", ms: closesAtMs };
    case "closed":
      return { before: "ended", ms: closedAtMs };
    default:
      return { before: "opens", ms: opensAtMs };
  }
}

/** A heading around the model's name, which is shown in its own letters. */
export type ModelHeading = { readonly before: string; readonly after: string };

/** What the model is here, and how it stands. */
export function modelHeading({ withdrawnAtMs }: Pick<ModelAnswer, "withdrawnAtMs">, window: WindowAnswer | undefined): ModelHeading {
  if (withdrawnAtMs !== undefined) return { before: "", after: " is withdrawn" };
  if (window === undefined) return { before: "", after: " is offered, and no window is set" };
  const what = `${kindText(window.kind)} for `;
  if (window.state === "agreed" && (window.credential === "missing" || window.leavesNothing))
    return { before: what, after: " cannot open yet" };
  return {
    before: what,
    after: { agreed: " opens by itself", open: " is open", waiting: " waits for its bound", closed: " is closed" }[window.state],
  };
}

/** The heading as text. */
export function headingText({ before, after }: ModelHeading, name: string): string {
  return before + name + after;
}

type Named = { readonly side: EnrolmentSide; readonly lab: { readonly name?: string | undefined } };

/** `you`, or the lab's name. */
export function labText({ side, lab }: Named): string {
  return side === "lab" ? "you" : (lab.name ?? "the lab");
}

/** What an hour of a window comes from, for whoever reads. */
export function boundName(by: BoundSource, edge: "opens" | "closes", model: Named, record: string | undefined, days?: number): string {
  const isLab = model.side === "lab";
  const program = record ?? "The programme record";
  switch (by) {
    case "lab":
      return edge === "opens"
        ? isLab
          ? "Your opening hour"
          : "The lab’s opening hour"
        : isLab
          ? "Your closing hour"
          : "The lab’s closing hour";
    case "release":
      return isLab ? "Your planned partner release" : "The planned partner release";
    case "public-release":
      return isLab ? "Your planned public release" : "The planned public release";
    case "bound":
      return `${program}: ${days === undefined ? "its days" : countText(days, "day")} before the partner release`;
    case "first-opening":
      return `${program}: ${days === undefined ? "its days" : countText(days, "day")} from the first opening`;
  }
}

/** The same within a sentence. */
export function boundPhrase(by: BoundSource, edge: "opens" | "closes", model: Named, record: string | undefined, days?: number): string {
  const name = boundName(by, edge, model, record, days);
  return by === "bound" || by === "first-opening" ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

const causes: Readonly<Record<ClosingCause, string>> = {
  lab: "at the hour that the lab had set",
  release: "at the planned partner release",
  "public-release": "at the planned public release",
  "first-opening": "at the end of its days",
  ended: "because the lab ended it",
  withdrawn: "because the lab withdrew the model",
};

/** Why a window closed, as the end of a sentence. */
export function causeText(cause: ClosingCause): string {
  return causes[cause];
}

const wires: Readonly<Record<ModelWire, string>> = { openai: "OpenAI wire", anthropic: "Anthropic wire" };

export function wireText(wire: ModelWire): string {
  return wires[wire];
}

const custodies: Readonly<Record<Custody, string>> = {
  here: "the key is sealed at this installation",
  premises: "the key stays at a gateway of the lab’s own",
};

export function custodyText(custody: Custody): string {
  return custodies[custody];
}

/** Whether a version's server is asked what a stream used, and what follows where it is not. */
export function streamUsageText(isAsked: boolean): string {
  return isAsked ? "asked for" : "not asked for; one that states none is charged in full, as reserved";
}

/** What has become of keys when the end of what they reach is answered: a gateway on a lab's premises destroys its own, and states it. */
export function endedText(custody: Custody, keys: "its key" | "its keys"): string {
  if (custody === "premises") return `your own gateways destroy ${keys}`;
  return keys === "its key" ? "its key is destroyed" : "its keys are destroyed";
}

const outside: Readonly<Record<OutsideFeature, string>> = {
  "provider-tools": "tools that run at the provider",
  "remote-media": "media fetched by its address",
  store: "answers kept at the provider",
};

export function outsideText(feature: OutsideFeature): string {
  return outside[feature];
}

const verdicts: Readonly<Record<ProbeVerdict, Shown & { readonly sentence: string }>> = {
  same: { kind: "proven", word: "Same", sentence: "It answers as at opening." },
  different: { kind: "due", word: "Different", sentence: "It answers as another model than at opening. Every later result is marked." },
  "cannot-say": { kind: "cannot-say", word: "Cannot say", sentence: "The answers do not tell one model from another." },
};

export function verdictShown(verdict: ProbeVerdict): Shown & { readonly sentence: string } {
  return verdicts[verdict];
}

const occasions: Readonly<Record<ProbeOccasion, string>> = {
  opening: "at opening",
  daily: "in the daily run",
  reconnect: "after the model’s server was lost or gave itself another name",
};

export function occasionText(occasion: ProbeOccasion): string {
  return occasions[occasion];
}

/** `58,696`, `220.8 M`, `1,000 M`: whole up to a million. */
export function amountText(amount: number): string {
  if (amount < 1_000_000) return numberText(amount);
  const tenths = Math.floor(amount / 100_000);
  return `${numberText(tenths / 10)} M`;
}

const proposals: Readonly<Record<ProposalAnswer["state"], Shown>> = {
  proposed: { kind: "waits", word: "no key turned" },
  "lab-key": { kind: "in-force", word: "waits for the government’s key" },
  "government-key": { kind: "in-force", word: "waits for the lab’s key" },
  both: { kind: "passed", word: "both keys turned" },
  admitted: { kind: "opened", word: "let in" },
  withdrawn: { kind: "refuted", word: "withdrawn" },
  superseded: { kind: "due", word: "does not stand any more" },
};

export function proposalShown(state: ProposalAnswer["state"]): Shown {
  return proposals[state];
}

/** What follows from how a proposal stands. */
export function proposalNext(state: ProposalAnswer["state"]): string {
  switch (state) {
    case "proposed":
    case "lab-key":
    case "government-key":
      return "Nobody is let in by one key.";
    case "both":
      return "The partner is let in when the stage opens, and told then.";
    case "admitted":
      return "It became a grant, which the lab can end at any moment.";
    case "withdrawn":
      return "Either side withdraws, and is asked for no reason.";
    case "superseded":
      return "What it says is not what stands now, such as the hour of its stage. It can be proposed anew.";
  }
}

type Event = Pick<EnrolmentEventAnswer, "kind" | "details" | "organisation">;

const detail = ({ details }: Event, name: string): string | undefined => {
  const value = details[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
};

/** What happened, after whoever did it; by the clock it is Sluice. */
export function eventText(event: Event, windowName: string | undefined): string {
  const whom = event.organisation?.name ?? "an organisation";
  const window = windowName ?? detail(event, "name") ?? "a window";
  const sentences: Readonly<Record<EnrolmentEventAnswer["kind"], () => string>> = {
    enrolled: () => "offered the model",
    "version-added": () => `added the version ${detail(event, "version") ?? ""}`.trimEnd(),
    "version-retired": () => "retired a version",
    "terms-changed": () => `stated new terms, version ${detail(event, "version") ?? "not known"}`,
    "release-moved": () => "moved the planned release",
    "programme-accepted": () => `accepted ${detail(event, "name") ?? "a programme record"}`,
    withdrawn: () => "withdrew the model",
    "window-added": () => `added ${window}`,
    "window-moved": () => `moved ${window}`,
    "window-extended": () => `changed when ${window} closes`,
    "credential-given": () => `gave ${window} its key`,
    "window-opened": () => `opened ${window}`,
    "window-ended": () => `ended access in ${window}`,
    "window-closed": () => `closed ${window}`,
    "grant-made": () => `granted ${whom} use in ${window}`,
    "grant-changed": () => `changed what ${whom} was granted`,
    "grant-ended": () => `ended the use of ${whom}`,
    "request-made": () =>
      detail(event, "asks") === "extension" ? `asked for a later end of ${window}` : "asked for use by an organisation",
    "request-answered": () => "answered a request",
    "request-withdrawn": () => "took a request back",
    "partner-proposed": () => `proposed ${whom} for ${window}`,
    "partner-withdrawn": () => `withdrew the proposal of ${whom}`,
    "key-turned": () => `turned its key for ${whom}`,
    "key-turned-back": () => `turned its key back for ${whom}`,
    "partner-admitted": () => `let ${whom} in`,
    "partner-told": () => `told ${whom} that its stage is open`,
    "key-destroyed": () => {
      const key = detail(event, "what") === "record" ? "the key of recorded exchanges" : `the credential of ${window}`;
      const gateway = detail(event, "gateway");
      return gateway === undefined ? `destroyed ${key}` : `was told by ${placeText({ gateway })} that it destroyed ${key} there`;
    },
    "revoked-upstream": () => "stated that the credential is revoked at its own side too",
    "probe-different": () => "heard another model than at opening",
  };
  return sentences[event.kind]();
}

/** The fact beside it. */
export function eventFact(event: Event): string | undefined {
  const because = detail(event, "because");
  switch (event.kind) {
    case "terms-changed":
      return "For grants made from then on. What was granted before stays under its own version.";
    case "release-moved":
      return `From ${detail(event, "before") ?? "not known"} to ${detail(event, "after") ?? "not known"}`;
    case "programme-accepted":
      return `${detail(event, "citation") ?? ""}, ${countText(Number(detail(event, "days") ?? 0), "day")}`;
    case "window-added":
      return `Opens ${detail(event, "opens") ?? "not known"}, closes ${detail(event, "closes") ?? "as late as the bounds allow"}`;
    case "window-extended":
      return `Closes ${detail(event, "closes") ?? "as late as the bounds allow"}`;
    case "window-ended":
      return because !== undefined && because in causes ? `It closed ${causeText(because as ClosingCause)}` : undefined;
    case "key-destroyed":
      return detail(event, "keyId");
    case "grant-ended":
      return because === "hour" ? "Its hour had come" : undefined;
    case "grant-made":
    case "grant-changed": {
      const [requests, tokens] = [detail(event, "requests"), detail(event, "tokens")];
      if (requests === undefined || tokens === undefined) return undefined;
      return `${countText(Number(requests), "request")}, ${amountText(Number(tokens))} tokens at most`;
    }
    default:
      return undefined;
  }
}

const shapes: Partial<Readonly<Record<EnrolmentEventAnswer["kind"], StateKind>>> = {
  "window-opened": "opened",
  "window-ended": "refuted",
  "window-closed": "refuted",
  withdrawn: "refuted",
  "grant-ended": "refuted",
  "partner-withdrawn": "refuted",
  "key-turned-back": "refuted",
  "key-destroyed": "blocked",
  "partner-admitted": "opened",
  "probe-different": "due",
  "release-moved": "due",
  "terms-changed": "due",
};

export function eventShape(kind: EnrolmentEventAnswer["kind"]): StateKind {
  return shapes[kind] ?? "in-force";
}

/** What is voluntary, by who reads. */
export function voluntaryWords(side: EnrolmentSide, lab: string): readonly string[] {
  switch (side) {
    case "lab":
      return [
        "You offered this model early because you chose to. Declining or leaving changes nothing for you here: there is no field for it, and no page that lists it.",
        "Testing ends with observations and their uncertainty. It does not end with a verdict on whether you may ship. Sluice has no such verdict to give.",
      ];
    case "desk":
      return [
        `${lab} offered this model early because it chose to. It can end access at any moment and is asked for no reason. Nothing here records that against it.`,
        "Testing ends with observations and their uncertainty. Nothing here says whether a model may be released.",
      ];
    case "grantee":
      return [
        `${lab} lets you use this model because it chose to, within its terms, and can end that at any moment without a reason.`,
        "What you observe is yours to report, with its uncertainty. Nothing here says whether a model may be released.",
      ];
  }
}
