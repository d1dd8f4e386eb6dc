import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import { MAX_DOCUMENT_BYTES, scanDocument } from "../../contract/endpoints/scans.ts";
import type { WireScanAnswer } from "../../contract/schemas.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { ask } from "../server-client.ts";
import exampleLockfile from "#examples/package-lock.json?raw";

/** The last document asked about. It lives in this tab only: the server forgets it, and so does a reload. */
export type Scan =
  | { readonly state: "none" }
  | { readonly state: "reading"; readonly name: string }
  | { readonly state: "refused"; readonly name: string; readonly error: unknown }
  | {
      readonly state: "answered";
      readonly name: string;
      readonly answer: WireScanAnswer;
      readonly tookMs: number;
      /** To be asked about again with its release; undefined = the example. */
      readonly file: File | undefined;
    };

export type ScanDesk = {
  readonly scan: Scan;
  /** `release`: of which distribution and release a list of installed packages is. */
  readonly scanFile: (file: File, release?: string) => Promise<Scan>;
  readonly scanExample: () => Promise<Scan>;
};

const ScanDeskContext = createContext<ScanDesk | undefined>(undefined);

export function useScanDesk(): ScanDesk {
  const desk = useContext(ScanDeskContext);
  if (desk === undefined) throw new Error("invariant broken: ScanDeskProvider stands above every page");
  return desk;
}

export function ScanDeskProvider({ children }: { readonly children: ReactNode }) {
  const [scan, setScan] = useState<Scan>({ state: "none" });
  const running = useRef<AbortController>(undefined);
  const run = useCallback(async (asked: Asked): Promise<Scan> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setScan({ state: "reading", name: asked.name });
    const result = await answerOf(asked, mine.signal);
    if (!mine.signal.aborted) setScan(result);
    return result;
  }, []);
  const desk = useMemo<ScanDesk>(
    () => ({
      scan,
      scanFile: (file, release) => run({ name: file.name, file, release, readBytes: () => bytesOf(file) }),
      scanExample: () =>
        run({
          name: "package-lock.json",
          file: undefined,
          release: undefined,
          readBytes: async () => new TextEncoder().encode(exampleLockfile),
        }),
    }),
    [scan, run],
  );
  return <ScanDeskContext value={desk}>{children}</ScanDeskContext>;
}

type Asked = {
  readonly name: string;
  readonly file: File | undefined;
  readonly release: string | undefined;
  readonly readBytes: () => Promise<Uint8Array<ArrayBuffer>>;
};

async function answerOf({ name, file, release, readBytes }: Asked, signal: AbortSignal): Promise<Scan> {
  const startedMs = performance.now();
  try {
    const body = await readBytes();
    const answer = await ask(scanDocument, { query: { name, ...(release === undefined ? {} : { release }) }, body, signal });
    return { state: "answered", name, file, answer, tookMs: performance.now() - startedMs };
  } catch (error) {
    return { state: "refused", name, error };
  }
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > MAX_DOCUMENT_BYTES) {
    const megabytes = Math.ceil(file.size / 1024 / 1024);
    throw new CodedError(
      "document-too-large",
      `expected at most ${MAX_DOCUMENT_BYTES / 1024 / 1024} MB, got ${megabytes} MB. It was not sent`,
      {
        place: file.name,
      },
    );
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new CodedError("document-invalid", "expected a file, got a folder or something this browser cannot open. It was not sent", {
      cause,
      place: file.name,
    });
  }
}
