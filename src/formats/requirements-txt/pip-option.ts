import { refusal } from "../json-reading.ts";

/**
 * A line that begins with an option: `editable` is a requirement, `include` is another file's requirements, `constraint` is a file that bounds
 * what is asked for elsewhere and asks for nothing itself, the rest says how to install.
 */
export type PipOption = { readonly kind: "editable" | "include" | "constraint" | "other"; readonly value: string };

const KINDS: Readonly<Record<string, PipOption["kind"]>> = {
  "-e": "editable",
  "--editable": "editable",
  "-r": "include",
  "--requirement": "include",
  "-c": "constraint",
  "--constraint": "constraint",
  "-i": "other",
  "--index-url": "other",
  "--pypi-url": "other",
  "--extra-index-url": "other",
  "--no-index": "other",
  "-f": "other",
  "--find-links": "other",
  "--no-binary": "other",
  "--only-binary": "other",
  "--prefer-binary": "other",
  "--require-hashes": "other",
  "--pre": "other",
  "--trusted-host": "other",
  "--use-feature": "other",
  "--always-unzip": "other",
  "-Z": "other",
  "--process-dependency-links": "other",
  "--use-wheel": "other",
  "--no-use-wheel": "other",
};

/** @throws CodedError `document-invalid` for what pip has no such option of in a file. */
export function parseOption(text: string, place: string): PipOption {
  const [, name = "", value = ""] = /^(--[a-z-]+|-[A-Za-z])(?:=|\s+)?(.*)$/s.exec(text) ?? [];
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) throw refusal(place, "an option that pip knows in a file", text);
  const quoted = /^(["'])(.*)\1$/s.exec(value.trim());
  return { kind, value: quoted?.[2] ?? value.trim() };
}
