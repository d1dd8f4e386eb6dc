import { accessSync, constants, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Bench } from "../question.ts";
import { runProcess } from "../whole-process.ts";

const MODULE = "github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.5.0";

/** The binary: of OSV_SCANNER, on the path, or built with Go when that is there; undefined = there is none. */
export async function findOsvScanner({ say }: Bench): Promise<string | undefined> {
  const stated = process.env["OSV_SCANNER"] ?? onPath("osv-scanner");
  if (stated !== undefined) return stated;
  if (onPath("go") === undefined) return undefined;
  say(`building ${MODULE}`);
  const target = mkdtempSync(join(tmpdir(), "sluice-bench-go-"));
  const { exitCode, stderr } = await runProcess("go", ["install", MODULE], { environment: { GOBIN: target } });
  if (exitCode !== 0) {
    say(`go install ended with ${exitCode}: ${stderr}`);
    return undefined;
  }
  return join(target, "osv-scanner");
}

/** Which advisory hits which component, one line each, sorted: what two scanners must agree on before their times are compared. */
export type Hits = readonly string[];

export async function scanWithOsvScanner(
  binary: string,
  sbom: string,
  database: string,
): Promise<{ readonly ms: number; readonly hits: Hits }> {
  const { ms, exitCode, stdout, stderr } = await runProcess(binary, [
    "scan",
    "source",
    "-L",
    sbom,
    "--offline",
    "--local-db-path",
    database,
    "--format",
    "json",
  ]);
  if (exitCode > 1) throw new Error(`osv-scanner ended with ${exitCode}: ${stderr}`);
  return { ms, hits: hitsOf(JSON.parse(stdout) as Report) };
}

type Report = {
  readonly results: readonly {
    readonly packages: readonly {
      readonly package: { readonly name: string; readonly version: string };
      readonly vulnerabilities?: readonly { readonly id: string }[];
    }[];
  }[];
};

function hitsOf({ results }: Report): Hits {
  const found = results.flatMap(({ packages }) =>
    packages.flatMap(({ package: { name, version }, vulnerabilities = [] }) => vulnerabilities.map(({ id }) => `${name} ${version} ${id}`)),
  );
  return [...new Set(found)].sort();
}

function onPath(program: string): string | undefined {
  const names = process.platform === "win32" ? [`${program}.exe`, `${program}.cmd`] : [program];
  const candidates = (process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
