import { createHash } from "node:crypto";
import type { AnyEndpoint } from "../../contract/endpoint.ts";
import { STATUS_OF } from "../../contract/problem.ts";
import type { RefusalCode } from "../../vocabulary/coded-error.ts";
import { accessWords } from "./access-words.ts";
import { curlExample } from "./docs-examples.ts";
import { DOCS_STYLE } from "./docs-style.ts";
import { jsonSchemaOf, type OpenApiParts, parametersOf } from "./openapi-document.ts";
import { REFUSAL_NOTES } from "./refusal-notes.ts";
import { schemaWords } from "./schema-words.ts";

/** The API for people: one page, no script. `styleHash` lets its style sheet through the content security policy. */
export function docsPage(endpoints: readonly AnyEndpoint[], parts: OpenApiParts): { readonly html: string; readonly styleHash: string } {
  const baseUrl = (parts.serverUrl ?? "http://localhost:8080").replace(/\/$/, "");
  const codes = Object.keys(STATUS_OF) as readonly RefusalCode[];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>API · Sluice</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<header class="top"><a href="/">Sluice</a></header>
<div class="columns">
<nav aria-label="On this page">
<h2>Endpoints</h2>
<ul>
${endpoints.map((endpoint) => `<li><a href="#${endpoint.id}">${escapeHtml(endpoint.title)}</a></li>`).join("\n")}
</ul>
<h2>Refusals</h2>
<ul>
${codes.map((code) => `<li><a href="#${code}"><code>${code}</code></a></li>`).join("\n")}
</ul>
</nav>
<main>
<h1>The API of Sluice ${escapeHtml(parts.version)}</h1>
<p class="lead">The same as <a href="/openapi.json">OpenAPI 3.1</a>. Endpoints that <em>anyone</em> may call touch public data only. Those behind the <em>local door</em> answer through the socket in the server's data directory, to whoever owns that directory; over the network they do not exist.</p>
<p>Errors of Sluice's own endpoints are problem details (RFC 9457); the <code>type</code> of each leads to its place on this page. The OSV and npm endpoints answer as their own clients expect.</p>
${endpoints.map((endpoint) => endpointSection(endpoint, baseUrl)).join("\n")}
<section aria-labelledby="refusals">
<h2 id="refusals">Refusals</h2>
<dl class="refusals">
${codes.map(refusalEntry).join("\n")}
</dl>
</section>
</main>
</div>
</body>
</html>
`;
  return { html, styleHash: `sha256-${createHash("sha256").update(DOCS_STYLE).digest("base64")}` };
}

function endpointSection(endpoint: AnyEndpoint, baseUrl: string): string {
  return `<section aria-labelledby="${endpoint.id}">
<h2 id="${endpoint.id}"><a href="#${endpoint.id}">${escapeHtml(endpoint.title)}</a></h2>
<p class="call"><code><b>${endpoint.method}</b> ${escapeHtml(endpoint.path)}</code></p>
<p>${inlineCode(endpoint.description)}</p>
<dl class="facts">
<dt>Who may call</dt><dd>${accessWords(endpoint.access)}</dd>
<dt>Takes</dt><dd>${takes(endpoint)}</dd>
<dt>Answers</dt><dd><code>${endpoint.answerType}</code></dd>
<dt>Errors</dt><dd>${errorWords[endpoint.errors]}</dd>
</dl>
${parameterTable(endpoint)}${schemaDetails(endpoint)}<pre class="example" tabindex="0"><code>${escapeHtml(curlExample(endpoint, baseUrl))}</code></pre>
</section>`;
}

const errorWords: Readonly<Record<AnyEndpoint["errors"], string>> = {
  problem: `<code>application/problem+json</code>`,
  osv: `<code>{"code", "message"}</code>, as the OSV API has them`,
  npm: `<code>{"error", "code", "statusCode"}</code>, of which npm prints <code>error</code>`,
  plain: "plain text",
};

function takes(endpoint: AnyEndpoint): string {
  if (endpoint.bodyKind === "none") return "no body";
  const kind = endpoint.bodyKind === "json" ? "JSON" : "the bytes as they are";
  return `${kind}, at most ${sizeWords(endpoint.bodyLimitBytes)} after decompression`;
}

function sizeWords(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${bytes / 1024} KiB`;
}

function parameterTable(endpoint: AnyEndpoint): string {
  const parameters = parametersOf(endpoint);
  if (parameters.length === 0) return "";
  const rows = parameters.map(
    ({ name, in: where, required, description = "", schema }) =>
      `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${where}${required ? ", required" : ""}</td><td>${escapeHtml(schemaWords(schema))}${description === "" ? "" : `<br>${inlineCode(description)}`}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">Parameter</th><th scope="col">Where</th><th scope="col">What</th></tr></thead><tbody>${rows.join("")}</tbody></table>\n`;
}

function schemaDetails(endpoint: AnyEndpoint): string {
  const body = endpoint.bodyKind === "json" ? details("Schema of the body", jsonSchemaOf(endpoint.body, "input")) : "";
  const answer = endpoint.answerType === "application/json" ? details("Schema of the answer", jsonSchemaOf(endpoint.answer, "output")) : "";
  return body + answer;
}

function details(summary: string, schema: unknown): string {
  return `<details><summary>${summary}</summary><pre tabindex="0"><code>${escapeHtml(JSON.stringify(schema, undefined, 2))}</code></pre></details>\n`;
}

function refusalEntry(code: RefusalCode): string {
  return `<dt id="${code}"><code>${code}</code> <span>${STATUS_OF[code]}</span></dt><dd>${inlineCode(REFUSAL_NOTES[code])}</dd>`;
}

function inlineCode(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
