import type { Change, Finding, FoundComponent } from "../../vocabulary/scan-answer.ts";

/** The changes that end a finding for one of its components: those of the component itself, else those that take it along. */
export function endingChanges(finding: Finding, component: FoundComponent, changes: readonly Change[]): readonly Change[] {
  if (component.fix.kind === "none") return [];
  const ending = changes.filter(({ number, ecosystem }) => finding.endedBy.includes(number) && ecosystem === component.ecosystem);
  const own = ending.filter((change) => isOf(change, component));
  return own.length > 0 ? own : ending.filter((change) => !finding.components.some((other) => isOf(change, other)));
}

function isOf({ ecosystem, name, from }: Change, component: FoundComponent): boolean {
  return ecosystem === component.ecosystem && name === component.name && from.includes(component.version);
}
