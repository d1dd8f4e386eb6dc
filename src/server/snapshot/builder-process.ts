import { fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { fileURLToPath } from "node:url";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { BuildAnswer, BuildMessage } from "./build-snapshot-worker.ts";

/**
 * The process that makes a snapshot file. It is no thread of this one, because a build takes hundreds of megabytes for a moment,
 * and a process that has once held memory seldom gives it back: this way it ends with the build.
 */
export type BuilderProcess = {
  /** Does not wait for its answer. */
  readonly send: (message: BuildMessage) => void;
  /** Answers in order, each given once. @throws CodedError what the builder met, or that it has ended */
  readonly nextAnswer: () => Promise<Exclude<BuildAnswer, { readonly kind: "failed" }>>;
  readonly stop: () => Promise<void>;
};

/** `path` is the file that it makes, and takes what still holds from. */
export function startBuilder(path: string): BuilderProcess {
  const script = new URL(`./build-snapshot-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
  const cache = getCompileCacheDir();
  const child = fork(fileURLToPath(script), [path], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [],
    env: { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
  });
  const arrived: BuildAnswer[] = [];
  let failure: Error | undefined;
  let wake = (): void => {};
  const fail = (reason: Error): void => {
    failure ??= reason;
    wake();
  };
  child.on("message", (answer) => {
    arrived.push(answer as BuildAnswer);
    wake();
  });
  child.on("error", (error) => fail(new CodedError("internal", `the snapshot builder cannot run: ${error.message}`, { cause: error })));
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      fail(new CodedError("internal", `the snapshot builder ended by ${signal ?? `code ${code}`}; the snapshot before stays in use`));
      resolve();
    });
    child.once("error", () => resolve());
  });
  return {
    // When it is gone, `nextAnswer` says why.
    send: (message) => void child.send(message, () => {}),
    nextAnswer: async () => {
      for (;;) {
        const answer = arrived.shift();
        if (answer?.kind === "failed")
          throw new CodedError(answer.code, answer.message, answer.place === undefined ? {} : { place: answer.place });
        if (answer !== undefined) return answer;
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
}
