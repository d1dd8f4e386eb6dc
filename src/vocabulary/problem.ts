/** One record, entry or field that could not be used. It is kept, counted and shown; it never ends a run. */
export type Problem = {
  /** Where: a file, an archive entry, a JSON path or a line, outermost first. */
  readonly place: string;
  /** What was expected and what was there. */
  readonly reason: string;
};
