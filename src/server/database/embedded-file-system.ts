import { fdatasyncSync } from "node:fs";
import { posix } from "node:path";
import { MemoryFS } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { syncDirectory } from "./sync-directory.ts";
import { entriesOf } from "./tar.ts";

type Init = NodeFS["init"];
type EngineModule = Parameters<NonNullable<NonNullable<Parameters<Init>[1]["preRun"]>[number]>>[0];
type EngineStream = { readonly nfd?: number; readonly path?: string };
type SyncableOperations = { stream_ops: { fsync?: (stream: EngineStream) => number } };

/**
 * PGlite's file system in Node, made durable: it answers fsync without doing it. Here the engine's own order of log, files and
 * directories reaches the disk. PGlite swallows what an import throws and would acknowledge, so a sync that fails is reported to
 * `onSyncFailure`, which must not return.
 */
export class DurableFileSystem extends NodeFS {
  readonly #onSyncFailure: (error: unknown) => never;

  constructor(directory: string, onSyncFailure: (error: unknown) => never) {
    super(directory);
    this.#onSyncFailure = onSyncFailure;
  }

  override async init(...[engine, options]: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(engine, options);
    const makeDurable = (module: EngineModule): void => {
      const operations = module.NODEFS as unknown as SyncableOperations;
      operations.stream_ops.fsync = (stream) => this.#sync(module, stream);
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), makeDurable] } };
  }

  #sync(module: EngineModule, stream: EngineStream): number {
    try {
      if (stream.nfd === undefined) syncDirectory(this.#hostPath(module, stream));
      else fdatasyncSync(stream.nfd);
      return 0;
    } catch (error) {
      return this.#onSyncFailure(error);
    }
  }

  #hostPath(module: EngineModule, stream: EngineStream): string {
    const nodes = module.NODEFS as unknown as { realPath: (node: unknown) => string };
    return nodes.realPath((stream as { node: unknown }).node);
  }
}

/** Where PGlite has its cluster. */
const CLUSTER = "/pglite/data";

/** In memory, with a cluster in it from the start: the engine writes into the tar's own bytes, where PGlite's loader would copy them in pieces. */
export class PreparedFileSystem extends MemoryFS {
  readonly #cluster: Uint8Array;

  constructor(cluster: Uint8Array) {
    super();
    this.#cluster = cluster;
  }

  override async init(...[engine, options]: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(engine, options);
    const place = ({ FS }: EngineModule): void => {
      for (const { name, isDirectory, bytes } of entriesOf(this.#cluster)) {
        const path = posix.join(CLUSTER, name);
        FS.mkdirTree(isDirectory ? path : posix.dirname(path));
        if (!isDirectory) FS.createDataFile(posix.dirname(path), posix.basename(path), bytes, true, true, true);
      }
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), place] } };
  }
}
