import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

/** The Chromium that browser tests drive: SLUICE_CHROMIUM, the machine's own, or the one Playwright installed; undefined = none. */
export function findChromium(): string | undefined {
  const given = process.env["SLUICE_CHROMIUM"];
  if (given !== undefined) return given;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", playwrights()].find(isProgram);
}

function playwrights(): string {
  try {
    return chromium.executablePath();
  } catch {
    return ""; // It throws on systems for which it has no build.
  }
}

function isProgram(path: string): boolean {
  if (path === "" || !existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
