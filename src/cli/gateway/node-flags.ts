/**
 * Of the Node that a gateway runs in. What a piece of an answer leaves behind lives as long as its stream: in the young generation of the usual size
 * it is copied again and again. V8 takes its size from the command line only.
 */
export const GATEWAY_NODE_FLAGS = ["--max-semi-space-size=64"] as const;

/** The same process begins anew with these flags, where the system can do that; whoever has set the size keeps it. */
export function beginWithNodeFlags(): void {
  const given = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  // What a parent's channel is open on would be lost: a parent gives the flags itself.
  if (process.platform === "win32" || process.send !== undefined || given.includes("max-semi-space-size")) return;
  process.execve?.(process.execPath, [process.execPath, ...GATEWAY_NODE_FLAGS, ...process.execArgv, ...process.argv.slice(1)]);
}
