import type { BenchLine } from "./bench-line.ts";
import type { WorkDirectory } from "./work-directory.ts";

export type Bench = {
  readonly work: WorkDirectory;
  /** Says what goes on: some questions take minutes. */
  readonly say: (line: string) => void;
};

/** What a file in this folder answers: one question, a line for each of its bars. */
export type Question = (bench: Bench) => Promise<readonly BenchLine[]>;
