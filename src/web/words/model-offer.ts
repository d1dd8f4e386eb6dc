import type { BodyInputOf } from "../../contract/endpoint.ts";
import type { enrolModel } from "../../contract/endpoints/models.ts";
import type { ModelTerms } from "../../contract/model-schemas.ts";
import type { Custody } from "../../vocabulary/enrolment.ts";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import { numberText } from "./count-text.ts";
import { readAmount } from "./typed-amount.ts";
import { fullHourAfter, hourProblem, localText, toStatedHour } from "./typed-hour.ts";

type StatedTerms = BodyInputOf<typeof enrolModel>["terms"];

/** An offer as it is typed. */
export type Offer = {
  readonly name: string;
  readonly desk: string;
  readonly wire: ModelWire;
  readonly custody: Custody;
  readonly version: string;
  readonly baseUrl: string;
  readonly upstreamName: string;
  /** Of the OpenAI wire alone. */
  readonly asksStreamUsage: boolean;
  readonly partnerRelease: string;
  readonly publicRelease: string;
  readonly zone: string;
  /** One a line. */
  readonly purposes: string;
  readonly retentionDays: string;
  readonly hasProbes: boolean;
  readonly probeCalls: string;
  readonly probeTokens: string;
  readonly whoMaySee: string;
  readonly destruction: string;
  readonly confidentiality: string;
  readonly contactName: string;
  readonly contactReach: string;
};

export const OFFER_STEPS = ["The model", "When you release it", "Your terms", "Who sees what", "What you offer"] as const;

const DAY_MS = 86_400_000;

/** What most offers say, so that only names and hours have to be typed. Probes as a whole opening in one day needs them. */
export function startingOffer({
  contact,
  nowMs,
  zone,
}: {
  readonly contact: string;
  readonly nowMs: number;
  readonly zone: string;
}): Offer {
  return {
    name: "",
    desk: "",
    wire: "openai",
    custody: "here",
    version: "",
    baseUrl: "",
    upstreamName: "",
    asksStreamUsage: true,
    partnerRelease: localText(fullHourAfter(nowMs) + 30 * DAY_MS, zone),
    publicRelease: "",
    zone,
    purposes: "Finding and using software flaws\nRefusals and safeguards",
    retentionDays: "90",
    hasProbes: true,
    probeCalls: "122",
    probeTokens: "21,000",
    whoMaySee: "Each organisation sees the texts it sent and received. You see counts, times, tokens and purposes of each.",
    destruction: "Every copy of answers, once the window has ended and its report is written.",
    confidentiality: "Nothing about the model is passed on before its public release.",
    contactName: contact,
    contactReach: "",
  };
}

/** What a step still needs, as a sentence; undefined = it is complete. */
export function missingOf(step: number, offer: Offer): string | undefined {
  switch (step) {
    case 0:
      if (offer.name.trim() === "" || offer.desk === "") return "A name and a desk are needed.";
      if (offer.version.trim() === "" || offer.upstreamName.trim() === "") return "A version and its name at your server are needed.";
      return addressProblem(offer.baseUrl) === undefined && offer.baseUrl.trim() !== ""
        ? undefined
        : "The address of your server is needed.";
    case 1:
      if (offer.partnerRelease.trim() === "") return "The planned partner release is needed.";
      return hourProblem(offer.partnerRelease) ?? hourProblem(offer.publicRelease);
    case 2:
      if (purposesOf(offer).length === 0) return "At least one purpose is needed.";
      if (readDays(offer.retentionDays) === undefined) return "Days are needed, a whole number from 0 to 3,650.";
      if (!offer.hasProbes) return undefined;
      return readAmount(offer.probeCalls) === undefined || readAmount(offer.probeTokens) === undefined
        ? "What probes may cost is needed."
        : undefined;
    case 3:
      if ([offer.whoMaySee, offer.destruction, offer.confidentiality].some((text) => text.trim() === ""))
        return "Each of the three is needed.";
      return offer.contactName.trim() === "" || offer.contactReach.trim() === "" ? "A contact and how to reach it are needed." : undefined;
    default:
      return undefined;
  }
}

export function addressProblem(typed: string): string | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  const isAddress = /^https?:\/\//.test(text) && URL.canParse(text) && !/[?#]/.test(text) && new URL(text).username === "";
  return isAddress ? undefined : "Expected an address such as https://models.lab.example/v1, without user, query and fragment.";
}

export function purposesOf({ purposes }: Pick<Offer, "purposes">): readonly string[] {
  const lines = purposes.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

export function readDays(typed: string): number | undefined {
  const days = /^\d{1,4}$/.test(typed.trim()) ? Number(typed) : undefined;
  return days !== undefined && days <= 3650 ? days : undefined;
}

/** What is sent. Steps that are not complete are refused by the server, with their place. */
export function toStatedModel(offer: Offer): BodyInputOf<typeof enrolModel> {
  const { name, desk, wire, custody, zone } = offer;
  return {
    name: name.trim(),
    desk,
    wire,
    custody,
    versions: [
      {
        name: offer.version.trim(),
        baseUrl: offer.baseUrl.trim(),
        upstreamName: offer.upstreamName.trim(),
        ...(wire === "openai" ? { asksStreamUsage: offer.asksStreamUsage } : {}),
      },
    ],
    partnerRelease: toStatedHour(offer.partnerRelease, zone),
    ...(offer.publicRelease.trim() === "" ? {} : { publicRelease: toStatedHour(offer.publicRelease, zone) }),
    terms: { ...toStatedTerms(offer), contacts: [contactOf(offer)] },
  };
}

/** The terms that hold, to be typed over; what is no term stays empty. */
export function offerOfTerms(terms: ModelTerms): Offer {
  const { probes, contacts } = terms;
  const usual = startingOffer({ contact: contacts[0]?.name ?? "", nowMs: 0, zone: "UTC" });
  return {
    ...usual,
    purposes: terms.purposes.join("\n"),
    retentionDays: String(terms.retentionDays),
    hasProbes: probes !== undefined,
    ...(probes === undefined ? {} : { probeCalls: numberText(probes.callsPerDay), probeTokens: numberText(probes.tokensPerDay) }),
    whoMaySee: terms.whoMaySee,
    destruction: terms.destruction,
    confidentiality: terms.confidentiality,
    contactReach: contacts[0]?.reach ?? "",
  };
}

/** What is sent of terms that were typed over; what the form does not show stays as it holds. */
export function toChangedTerms(offer: Offer, { passLabHeaders, partnersEndAtPublicRelease, contacts }: ModelTerms): StatedTerms {
  const [first, ...others] = contacts;
  return {
    ...toStatedTerms(offer),
    passLabHeaders,
    partnersEndAtPublicRelease,
    contacts: [{ ...(first === undefined ? {} : { role: first.role }), ...contactOf(offer) }, ...others],
  };
}

function toStatedTerms(offer: Offer): Omit<StatedTerms, "contacts"> {
  const probes = { callsPerDay: readAmount(offer.probeCalls) ?? 0, tokensPerDay: readAmount(offer.probeTokens) ?? 0 };
  return {
    purposes: [...purposesOf(offer)],
    retentionDays: readDays(offer.retentionDays) ?? -1,
    destruction: offer.destruction.trim(),
    confidentiality: offer.confidentiality.trim(),
    whoMaySee: offer.whoMaySee.trim(),
    ...(offer.hasProbes ? { probes } : {}),
  };
}

function contactOf({ contactName, contactReach }: Offer): { readonly name: string; readonly reach: string } {
  return { name: contactName.trim(), reach: contactReach.trim() };
}
