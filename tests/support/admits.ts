import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** Whether a requirement admits a version, as an `admits.txt` states it. */
export type AdmitsStatement = {
  readonly requirement: string;
  readonly version: string;
  readonly expected: boolean;
  readonly line: number;
};

/** The statements of an `admits.txt`: `requirement ; admitted versions ; versions not admitted`, versions apart by blanks. */
export function readAdmits(file: URL): readonly AdmitsStatement[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((text, index) => {
      if (text.trim() === "" || text.startsWith("#")) return [];
      const [requirement, admitted, refused, ...more] = text.split(";").map((part) => part.trim());
      const place = `${file.pathname}:${index + 1}`;
      if (requirement === undefined || admitted === undefined || refused === undefined || more.length > 0)
        assert.fail(`${place}: expected "requirement ; versions ; versions", found: ${text}`);
      const statements = (versions: string, expected: boolean): readonly AdmitsStatement[] =>
        versions
          .split(" ")
          .filter((version) => version !== "")
          .map((version) => ({ requirement, version, expected, line: index + 1 }));
      return [...statements(admitted, true), ...statements(refused, false)];
    });
}
