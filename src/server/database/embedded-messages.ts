import type { StatementFault } from "./statement-error.ts";
import type { Step, StepResult } from "./transaction.ts";

/** What the worker is started with. */
export type WorkerStart = {
  /** Undefined = in memory. */
  readonly directory: string | undefined;
  /** A tar of a cluster to begin with, in memory only. */
  readonly cluster: Uint8Array<ArrayBuffer> | undefined;
};

/** What each of its lives gets besides: the engine's program, compiled once in a process. */
export type WorkerData = WorkerStart & { readonly program: EngineProgram };

/** A `WebAssembly.Module`, which this project's libraries have no type for. */
export type EngineProgram = object;

export type WorkerRequest = { readonly id: number } & (
  | { readonly kind: "send"; readonly steps: readonly Step[] }
  | { readonly kind: "export" }
  | { readonly kind: "closeAndExport" }
  | { readonly kind: "close" }
);

export type WorkerReply =
  | { readonly kind: "ready" }
  | { readonly kind: "notification"; readonly channel: string }
  | { readonly kind: "results"; readonly id: number; readonly results: readonly StepResult[] }
  | { readonly kind: "tar"; readonly id: number; readonly tar: Uint8Array<ArrayBuffer> }
  | { readonly kind: "closed"; readonly id: number }
  | { readonly kind: "fault"; readonly id: number; readonly fault: StatementFault }
  | { readonly kind: "error"; readonly id: number; readonly message: string }
  /** The engine has given up, and the worker answers nothing more. */
  | { readonly kind: "broken"; readonly reason: string; readonly diskFull: boolean };

/** How the worker ends itself in the middle of a sync that failed, since going on would acknowledge what is not on disk. */
export const workerExit = { syncFailed: 74, diskFull: 28 } as const;
