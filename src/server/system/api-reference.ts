import type { AnyEndpoint } from "../../contract/endpoint.ts";
import { STATUS_OF } from "../../contract/problem.ts";
import type { RefusalCode } from "../../vocabulary/coded-error.ts";
import { accessWords } from "./access-words.ts";
import { curlExample } from "./docs-examples.ts";
import { parametersOf } from "./openapi-document.ts";
import { REFUSAL_NOTES } from "./refusal-notes.ts";
import { schemaWords } from "./schema-words.ts";

/** The API as one Markdown document, for readers of the repository; `/docs` and `/openapi.json` of a server have the schemas too. */
export function apiReference(endpoints: readonly AnyEndpoint[]): string {
  const codes = Object.keys(STATUS_OF) as readonly RefusalCode[];
  return `# The API

Made from the contract by \`npm run generate\`; not edited by hand. Schemas: [openapi.json](openapi.json), or \`/docs\` of a running server. Which role has which right: [roles.md](roles.md).

${endpoints.map(endpointSection).join("\n")}
## Refusals

Sluice's own endpoints answer errors as problem details (RFC 9457); OSV and npm endpoints in their clients' own form.

| code | status | meaning |
|---|---|---|
${codes.map((code) => `| \`${code}\` | ${STATUS_OF[code]} | ${cell(REFUSAL_NOTES[code])} |`).join("\n")}
`;
}

function endpointSection(endpoint: AnyEndpoint): string {
  const access = accessWords(endpoint.access);
  const takes =
    endpoint.bodyKind === "none"
      ? ""
      : ` Takes ${endpoint.bodyKind === "json" ? "JSON" : "bytes"}, at most ${endpoint.bodyLimitBytes.toLocaleString("en")} bytes.`;
  const parameters = parametersOf(endpoint);
  const table = parameters.map(
    ({ name, in: where, required, schema, description = "" }) =>
      `| \`${name}\` | ${where}${required ? ", required" : ""} | ${cell(schemaWords(schema))}${description === "" ? "" : `. ${cell(description)}`} |`,
  );
  return `## ${endpoint.title}

\`${endpoint.method} ${endpoint.path}\` · ${access} · answers \`${endpoint.answerType}\`

${endpoint.description}${takes}
${table.length === 0 ? "" : `\n| parameter | where | what |\n|---|---|---|\n${table.join("\n")}\n`}
\`\`\`sh
${curlExample(endpoint, "http://localhost:8080")}
\`\`\`
`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
