import { allEndpoints } from "../src/contract/endpoints/all.ts";
import { MEMBER_ROLES, type MemberRole, ORGANISATION_KINDS, type Verb, VERBS, VERBS_OF_ROLE } from "../src/vocabulary/organisation.ts";
import { VERB_MEANINGS } from "../src/vocabulary/verb-meanings.ts";

/** docs/reference/roles.md: which role has which right, and which endpoints ask for it. */
export function roleReference(): string {
  return `# Roles and rights

Made from \`src/vocabulary/organisation.ts\` and the contract by \`npm run generate\`; not edited by hand.

A member has one role in each organisation it belongs to, and acts for one organisation at a time. A role has rights; a token has some of its owner's. A right says what may be
asked, never which rows answer: that is decided by the database alone, from the circles the organisation is in and what was opened to them
(\`migrations/000005_organisations.sql\`, \`000006_drafts.sql\`).

| right | ${MEMBER_ROLES.join(" | ")} | what it is for |
|---|${MEMBER_ROLES.map(() => "---|").join("")}---|
${VERBS.map(row).join("\n")}

Kinds of organisation: ${ORGANISATION_KINDS.join(", ")}. Roles are the same in each. \`installation.manage\` counts only in a coordinator.

A service account is an editor, reader or auditor, never an administrator. A session that began with a mailed link or a recovery code is shown nothing above \`notice\`, and one by a mailed link manages nothing,
whatever its role. The last administrator of an organisation cannot step down or be revoked.

## What asks for each right

${VERBS.map(usesOf).join("\n")}
`;
}

function row(verb: Verb): string {
  return `| \`${verb}\` | ${MEMBER_ROLES.map((role) => (has(role, verb) ? "yes" : "–")).join(" | ")} | ${VERB_MEANINGS[verb]} |`;
}

function has(role: MemberRole, verb: Verb): boolean {
  return VERBS_OF_ROLE[role].includes(verb);
}

function usesOf(verb: Verb): string {
  const uses = allEndpoints.filter(({ access }) => access === verb).map(({ method, path }) => `\`${method} ${path}\``);
  return `- \`${verb}\`: ${uses.length === 0 ? "no endpoint yet" : uses.join(", ")}`;
}
