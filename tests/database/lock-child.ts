import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { lockDirectory } from "../../src/server/database/directory-lock.ts";

/** The process that the tests of the lock start and kill: `lock-child.ts DIRECTORY` locks it, says `locked`, and keeps it until its input ends. */
try {
  const lock = lockDirectory(process.argv[2] ?? "");
  console.log("locked");
  process.stdin.resume().on("end", () => lock.release());
} catch (error) {
  console.log(isCodedError(error) ? `refused ${error.code} ${error.message}` : String(error));
}
