import type { Inventory } from "../../vocabulary/component.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { asObject, refusal } from "../json-reading.ts";
import { readText } from "../read-text.ts";
import { readYaml, YAML_LIMITS } from "../read-yaml.ts";
import { readBerryLock } from "./berry-lock.ts";
import { readClassicLock } from "./classic-lock.ts";

/** The lockfiles of yarn: the first's own syntax, and YAML since yarn 2. */
export const yarnLock: InventoryFormat = {
  id: "yarn-lock",
  title: "yarn.lock of yarn 1, and of yarn 2 and later",
  fileNames: ["yarn.lock"],
  recognises: (document) => baseName(document.name) === "yarn.lock" || looksSo(firstText(document.bytes)),
  read: readYarnLock,
};

function looksSo(text: string): boolean {
  return CLASSIC.test(text) || BERRY.test(text);
}

const CLASSIC = /^# yarn lockfile v1\r?$/m;
const BERRY = /^__metadata:\r?$/m;

function readYarnLock(document: InputDocument): Inventory {
  const text = readText(document.bytes, YAML_LIMITS.maxBytes);
  if (BERRY.test(text)) return readBerryLock(asObject(readYaml(document.bytes, YAML_LIMITS), ""), document);
  if (CLASSIC.test(text)) return readClassicLock(text, document);
  // A lockfile that lists nothing has one of the two as well.
  throw refusal("", 'the line "# yarn lockfile v1" or "__metadata:"', text.slice(0, 60));
}
