import type { XmlElement } from "./read-xml.ts";

/** The first child of that name in the namespace of its parent: elements of other namespaces are extensions. */
export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((child) => child.name === name && child.namespace === parent.namespace);
}

/** All children of that name in the namespace of their parent. */
export function childrenOf(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return parent?.children.filter((child) => child.name === name && child.namespace === parent.namespace) ?? [];
}

/** The text of a child, white space around it left off; undefined when there is none. */
export function textOf(parent: XmlElement | undefined, name: string): string | undefined {
  return notEmpty(childOf(parent, name)?.text.trim());
}

/** The value of an attribute, white space around it left off; undefined when there is none. */
export function attribute(element: XmlElement, name: string): string | undefined {
  return notEmpty(element.attributes[name]?.trim());
}

function notEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
