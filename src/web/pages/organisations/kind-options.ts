import { ORGANISATION_KINDS, type OrganisationKind } from "../../../vocabulary/organisation.ts";
import { kindWord } from "../../words/role-words.ts";

export const kindOptions = ORGANISATION_KINDS.map((kind) => ({ value: kind, label: kindWord(kind) }));

export function parseKind(value: string): OrganisationKind {
  return ORGANISATION_KINDS.find((kind) => kind === value) ?? "operator";
}
