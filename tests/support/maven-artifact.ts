import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { askTool, NOT_INSTALLED, skipWithout } from "./own-tool.ts";

const PROGRAM = fileURLToPath(new URL("maven-answers.java", import.meta.url));

/** Why a test that asks Maven is skipped: it has to be a release with the rules of 3.8.7, with a Java that compiles. */
export function skipWithoutMaven(): string | false {
  const missing = skipWithout("mvn") || skipWithout("java", "--describe-module=jdk.compiler");
  return missing || (/Apache Maven 3\.(?:8\.(?:[789]|\d\d)|9\.\d+)\b/.test(aboutMaven()) ? false : NOT_INSTALLED);
}

/** What the `maven-artifact` of the installed Maven answers: `compare` two versions, or whether a requirement `admits` a version. */
export function askMaven(about: "compare" | "admits", pairs: readonly (readonly [string, string])[]): readonly string[] {
  const home = /Maven home: (.+)/.exec(aboutMaven())?.[1] ?? "";
  return askTool(
    "java",
    ["-cp", join(home, "lib", "*"), "-Dfile.encoding=UTF-8", PROGRAM, about],
    pairs.map((pair) => pair.join("\t")),
  );
}

function aboutMaven(): string {
  return spawnSync("mvn", ["--batch-mode", "--version"], { encoding: "utf8" }).stdout;
}
