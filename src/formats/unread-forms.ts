import { outerText } from "./document-start.ts";
import type { InputDocument } from "./inventory-format.ts";

/** A document that is known and is not read, because its writer also writes a standard: what it is, and what to do instead. */
export type UnreadForm = { readonly found: string; readonly instead: string };

/** Undefined for a document of none of these forms. */
export function unreadForm(document: InputDocument): UnreadForm | undefined {
  const text = outerText(document.bytes);
  return FORMS.find(({ sign }) => sign.test(text));
}

const FORMS: readonly (UnreadForm & { readonly sign: RegExp })[] = [
  {
    // The schema stands last in what syft writes; its shape changes with every version of it.
    sign: /"url"\s*:\s*"https:\/\/raw\.githubusercontent\.com\/anchore\/syft\/[^"\s]{1,200}\.json"/,
    found: "syft's own JSON",
    instead: "Let syft write CycloneDX: syft convert FILE -o cyclonedx-json",
  },
];
