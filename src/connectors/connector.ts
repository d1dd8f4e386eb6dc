/** One outside system that is fetched from or delivered to. Adding one is a folder beside this file and a line in `all.ts`. */
export type Connector = {
  readonly id: string;
  /** For people: what it reads, and from where. */
  readonly title: string;
};
