/** What a check of a release plan found. `refused` keeps a plan from being agreed; `warned` is for a person to weigh. */
export type PlanProblem = {
  readonly code: PlanProblemCode;
  readonly severity: "refused" | "warned";
  /** The stage it is about; undefined = the plan as a whole. */
  readonly stage: string | undefined;
  /** One sentence: what was expected and what is there. */
  readonly message: string;
};

export type PlanProblemCode =
  | "after-public"
  | "case-by-hour"
  | "circle-empty"
  | "circle-unknown"
  | "closes-before-opening"
  | "consenters-missing"
  | "excluded-member"
  | "hour-passed"
  | "leak-not-heard"
  | "member-cannot-enter"
  | "member-expires"
  | "members-unknown"
  | "never-opens"
  | "nothing-new"
  | "order"
  | "public-closes"
  | "public-missing"
  | "public-not-last"
  | "public-off-duty"
  | "public-twice"
  | "public-without-hour"
  | "stage-twice"
  | "two-levels"
  | "zone-unknown";
