import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { DOCUMENT_LIMITS } from "../read-json.ts";
import { readText } from "../read-text.ts";
import { asWord, linesOf } from "../text-lines.ts";

/** Gradle's dependency locks: one file a project, or one a configuration in the older form. */
export const gradleLockfile: InventoryFormat = {
  id: "gradle-lockfile",
  title: "gradle.lockfile",
  fileNames: ["*gradle.lockfile", "*classpath.lockfile"],
  recognises: (document) => isNamedSo(baseName(document.name)) || HEADER.test(firstText(document.bytes)),
  read: readGradleLockfile,
};

const HEADER = /^# This is a Gradle generated file for dependency locking\.\r?$/m;

function isNamedSo(name: string): boolean {
  return name.endsWith("gradle.lockfile") || name.endsWith("classpath.lockfile");
}

function readGradleLockfile(document: InputDocument): Inventory {
  const text = readText(document.bytes, DOCUMENT_LIMITS.maxBytes);
  const problems: Problem[] = [];
  const components = new Map<string, Component>();
  let isLockfile = HEADER.test(text);
  for (const { text: line, place } of linesOf(text)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    keepingAside(problems, () => {
      const component = componentOf(line, place);
      isLockfile = true;
      // Configurations without a package: `empty=annotationProcessor`.
      if (component === undefined) return;
      if (components.has(component.ref)) throw refusal(place, "a module and version that no earlier line has", component.ref);
      components.set(component.ref, component);
    });
  }
  if (!isLockfile) throw refusal(problems[0]?.place ?? "", "group:name:version=configurations", undefined);
  return {
    format: "gradle.lockfile",
    tool: "gradle",
    root: undefined,
    components: [...components.values()],
    dependencies: new Map(),
    problems,
  };
}

function componentOf(line: string, place: string): Component | undefined {
  const equals = line.indexOf("=");
  const configurations = equals === -1 ? undefined : line.slice(equals + 1).split(",");
  const module = equals === -1 ? line : line.slice(0, equals);
  if (module === "empty") return undefined;
  const [group, name, version, ...more] = module.split(":");
  if (more.length > 0) throw refusal(place, "group:name:version", module);
  const full = `${asWord(group, place, "group:name:version")}:${asWord(name, place, "group:name:version")}`;
  return {
    ref: `${full}:${asWord(version, place, "group:name:version")}`,
    ecosystem: "Maven",
    packageType: "maven",
    name: full,
    version,
    purl: undefined,
    place,
    development: configurations?.every(isOfTests) ?? false,
  };
}

/** `testRuntimeClasspath`, `debugUnitTestCompileClasspath`: Gradle names a configuration after its source set. */
function isOfTests(configuration: string): boolean {
  return /(?:^t|T)est(?![a-z])/.test(configuration);
}
