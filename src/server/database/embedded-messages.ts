import type { StatementFault } from "./statement-error.ts";
import type { Step, StepResult } from "./transaction.ts";

/** What the worker is started with. */
export type WorkerStart = {
  /** Undefined = in memory. */
  readonly directory: string | undefined;
  /** A tar of a cluster to begin with, in memory only. */
  readonly cluster: Uint8Array | undefined;
};

export type WorkerRequest = { readonly id: number } & (
  | { readonly kind: "send"; readonly steps: readonly Step[] }
  | { readonly kind: "export" }
  | { readonly kind: "close" }
);

export type WorkerReply =
  | { readonly kind: "ready" }
  | { readonly kind: "notification"; readonly channel: string }
  | { readonly kind: "results"; readonly id: number; readonly results: readonly StepResult[] }
  | { readonly kind: "tar"; readonly id: number; readonly tar: Uint8Array }
  | { readonly kind: "closed"; readonly id: number }
  | { readonly kind: "fault"; readonly id: number; readonly fault: StatementFault }
  | { readonly kind: "error"; readonly id: number | undefined; readonly message: string };

/** How the worker ends itself when going on could acknowledge what is not on disk. */
export const workerExit = { engineBroken: 70, syncFailed: 74, diskFull: 28 } as const;
