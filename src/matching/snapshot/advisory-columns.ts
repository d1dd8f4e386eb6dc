import type { AdvisoryKind } from "../../vocabulary/advisory.ts";
import { FLAG_EXPLOITED, FLAG_HAS_PATCH, FLAG_MALWARE, NO_SCORE, shortestInstant } from "./layout.ts";
import { ColumnU32, type StringPool } from "./pools.ts";
import type { Columns } from "./sections.ts";

/** What a snapshot keeps of one advisory beside its intervals. Withdrawn advisories never enter. */
export type AdvisoryFacts = {
  readonly id: string;
  readonly vulnerability: string;
  /** Every id of the vulnerability, best known first. */
  readonly vulnerabilityIds: readonly string[];
  readonly title: string;
  readonly kind: AdvisoryKind;
  readonly exploited: boolean;
  readonly hasPatch: boolean;
  readonly score: number | undefined;
  readonly vector: string;
  readonly weaknesses: readonly string[];
  /** RFC 3339 as received. */
  readonly modified: string;
  readonly number: number;
  /** First 48 bits of the SHA-256 of the record as received. */
  readonly digest: number;
};

/** The facts of advisories and of the vulnerabilities they describe, as columns. */
export class AdvisoryColumns {
  readonly #strings: StringPool;
  readonly #text = {
    advisoryId: new ColumnU32(),
    advisoryVulnerability: new ColumnU32(),
    advisoryTitle: new ColumnU32(),
    advisoryVector: new ColumnU32(),
    advisoryWeaknesses: new ColumnU32(),
    advisoryModifiedText: new ColumnU32(),
  };
  readonly #modifiedMs: number[] = [];
  readonly #numbers: number[] = [];
  readonly #digests: number[] = [];
  readonly #scores: number[] = [];
  readonly #flags: number[] = [];
  readonly #vulnerabilities = new Map<string, number>();
  readonly #vulnerabilityId = new ColumnU32();
  readonly #vulnerabilityIdsStart = new ColumnU32();
  readonly #vulnerabilityIds = new ColumnU32();

  constructor(strings: StringPool) {
    this.#strings = strings;
  }

  get count(): number {
    return this.#numbers.length;
  }

  get vulnerabilityCount(): number {
    return this.#vulnerabilities.size;
  }

  /** The advisory's number. */
  add(advisory: AdvisoryFacts): number {
    const strings = this.#strings;
    const modifiedMs = Date.parse(advisory.modified);
    this.#text.advisoryId.push(strings.intern(advisory.id));
    this.#text.advisoryVulnerability.push(this.#vulnerability(advisory));
    this.#text.advisoryTitle.push(strings.intern(advisory.title));
    this.#text.advisoryVector.push(strings.intern(advisory.vector));
    this.#text.advisoryWeaknesses.push(strings.intern(advisory.weaknesses.join(" ")));
    this.#text.advisoryModifiedText.push(shortestInstant(modifiedMs) === advisory.modified ? 0 : strings.intern(advisory.modified));
    this.#modifiedMs.push(modifiedMs);
    this.#digests.push(advisory.digest);
    this.#scores.push(advisory.score === undefined ? NO_SCORE : Math.round(advisory.score * 10));
    this.#flags.push(
      (advisory.kind === "malware" ? FLAG_MALWARE : 0) |
        (advisory.exploited ? FLAG_EXPLOITED : 0) |
        (advisory.hasPatch ? FLAG_HAS_PATCH : 0),
    );
    return this.#numbers.push(advisory.number) - 1;
  }

  columns(): Pick<Columns, AdvisorySection> {
    const text = this.#text;
    return {
      advisoryId: text.advisoryId.all(),
      advisoryVulnerability: text.advisoryVulnerability.all(),
      advisoryTitle: text.advisoryTitle.all(),
      advisoryVector: text.advisoryVector.all(),
      advisoryWeaknesses: text.advisoryWeaknesses.all(),
      advisoryModifiedText: text.advisoryModifiedText.all(),
      advisoryModifiedMs: Float64Array.from(this.#modifiedMs),
      advisoryNumber: Float64Array.from(this.#numbers),
      advisoryDigest: Float64Array.from(this.#digests),
      advisoryScore: Uint8Array.from(this.#scores),
      advisoryFlags: Uint8Array.from(this.#flags),
      vulnerabilityId: this.#vulnerabilityId.all(),
      vulnerabilityIdsStart: this.#vulnerabilityIdsStart.startsTo(this.#vulnerabilityIds.length),
      vulnerabilityIds: this.#vulnerabilityIds.all(),
    };
  }

  #vulnerability(advisory: AdvisoryFacts): number {
    const known = this.#vulnerabilities.get(advisory.vulnerability);
    if (known !== undefined) return known;
    const index = this.#vulnerabilities.size;
    this.#vulnerabilities.set(advisory.vulnerability, index);
    this.#vulnerabilityId.push(this.#strings.intern(advisory.vulnerability));
    this.#vulnerabilityIdsStart.push(this.#vulnerabilityIds.length);
    for (const id of advisory.vulnerabilityIds) this.#vulnerabilityIds.push(this.#strings.intern(id));
    return index;
  }
}

type AdvisorySection = keyof Columns & (`advisory${string}` | `vulnerability${string}`);
