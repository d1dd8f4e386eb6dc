import { z } from "zod";
import { type AnyEndpoint, type ErrorDialect, isMemberRule } from "../../contract/endpoint.ts";
import { problemSchema, STATUS_OF } from "../../contract/problem.ts";
import type { Json, JsonObject } from "../../vocabulary/json.ts";

export type OpenApiParts = { readonly version: string; readonly serverUrl: string | undefined };

/** OpenAPI 3.1 of `endpoints`. Everything but the server's address is the same on every installation. */
export function openApiDocument(endpoints: readonly AnyEndpoint[], parts: OpenApiParts): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = (paths[endpoint.path.replace("{+", "{")] ??= {});
    path[endpoint.method.toLowerCase()] = operationOf(endpoint);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sluice",
      version: parts.version,
      description:
        "What of yours is affected, and what to change. Endpoints with `x-access: local-door` answer only through the socket in the server's data directory; `x-access` of those for members names the right they need.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    ...(parts.serverUrl === undefined ? {} : { servers: [{ url: parts.serverUrl }] }),
    paths,
    components: { schemas: errorSchemas, securitySchemes },
  };
}

/** A zod schema as JSON Schema 2020-12; `io` says whether it is written by the asker or by Sluice. */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => tidy(jsonSchema),
  }) as Record<string, Json>;
  return rest;
}

/** Leaves out what says nothing to a reader: the bounds of a double's whole numbers, that keys are text, and an alternative "absent". */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (JSON.stringify(schema.propertyNames) === `{"type":"string"}`) delete schema.propertyNames;
  const alternatives = schema.anyOf?.filter((alternative) => Object.keys(alternative).length > 0);
  const [only, ...others] = alternatives ?? [];
  if (only === undefined || others.length > 0) return;
  delete schema.anyOf;
  Object.assign(schema, only);
}

/** What a caller may give in the path or the query, in order. */
export function parametersOf(endpoint: AnyEndpoint): readonly Parameter[] {
  return [...fieldsOf(endpoint.params, "path"), ...fieldsOf(endpoint.query, "query")];
}

export type Parameter = {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description: string | undefined;
  readonly schema: JsonObject;
};

function operationOf(endpoint: AnyEndpoint): JsonObject {
  const parameters = parametersOf(endpoint).map(parameterObject);
  return {
    operationId: endpoint.id,
    summary: endpoint.title,
    description: endpoint.description,
    "x-access": endpoint.access,
    ...(isMemberRule(endpoint.access) ? { security: [{ token: [] }, { session: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(endpoint.bodyKind === "none" ? {} : { requestBody: requestBodyOf(endpoint) }),
    responses: {
      "200": { description: "The answer", content: { [endpoint.answerType]: { schema: answerSchemaOf(endpoint) } } },
      default: { description: "A refusal", content: refusalContentOf(endpoint.errors) },
    },
  };
}

function parameterObject({ description, ...parameter }: Parameter): JsonObject {
  return description === undefined ? parameter : { ...parameter, description };
}

function requestBodyOf(endpoint: AnyEndpoint): JsonObject {
  const isJson = endpoint.bodyKind === "json";
  return {
    required: true,
    description: `At most ${endpoint.bodyLimitBytes} bytes, counted after decompression (gzip and deflate are taken).`,
    content: isJson
      ? { "application/json": { schema: jsonSchemaOf(endpoint.body, "input") } }
      : { "application/octet-stream": { schema: {} } },
  };
}

function answerSchemaOf(endpoint: AnyEndpoint): JsonObject {
  if (endpoint.answerType === "application/json") return jsonSchemaOf(endpoint.answer, "output");
  return endpoint.answerType === "application/octet-stream" ? {} : { type: "string" };
}

function fieldsOf(schema: z.ZodType, where: "path" | "query"): readonly Parameter[] {
  const { properties = {}, required = [] } = jsonSchemaOf(schema, "input") as {
    readonly properties?: Readonly<Record<string, JsonObject>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: where,
      required: where === "path" || required.includes(name),
      description: typeof description === "string" ? description : undefined,
      schema: rest,
    };
  });
}

function refusalContentOf(dialect: ErrorDialect): JsonObject {
  switch (dialect) {
    case "problem":
      return { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
    case "osv":
      return { "application/json": { schema: { $ref: "#/components/schemas/OsvError" } } };
    case "npm":
      return { "application/json": { schema: { $ref: "#/components/schemas/NpmError" } } };
    case "plain":
      return { "text/plain": { schema: { type: "string" } } };
  }
}

/** Where a browser's session comes over plain HTTP on loopback, its cookie is called `sluice`. */
const securitySchemes: JsonObject = {
  token: { type: "http", scheme: "bearer", description: "An access token of a member" },
  session: { type: "apiKey", in: "cookie", name: "__Host-sluice", description: "A session, in the console" },
};

const errorSchemas: JsonObject = {
  Problem: {
    ...jsonSchemaOf(problemSchema.extend({ code: z.enum(Object.keys(STATUS_OF) as [string, ...string[]]) }), "output"),
    description: "RFC 9457 problem details",
  },
  OsvError: {
    type: "object",
    description: "google.rpc.Status, as the OSV API has it",
    required: ["code", "message"],
    properties: { code: { type: "integer" }, message: { type: "string" } },
  },
  NpmError: {
    type: "object",
    description: "npm prints `error`",
    required: ["error", "code", "statusCode"],
    properties: { error: { type: "string" }, code: { type: "string" }, statusCode: { type: "integer" } },
  },
};
