import type { AnyEndpoint } from "../../contract/endpoint.ts";
import { docs, health, metrics, openapi, readiness, status } from "../../contract/endpoints/system.ts";
import { RawReply, route, type Route } from "../http/route.ts";
import { contentSecurityPolicy } from "../http/security-headers.ts";
import { docsPage } from "./docs-page.ts";
import { metricsText } from "./metrics-text.ts";
import { openApiDocument } from "./openapi-document.ts";
import type { SystemService } from "./system-service.ts";
import type { Traffic } from "./traffic.ts";

export type SystemRouteParts = {
  readonly version: string;
  /** Asked when the first description is: a server knows its port only when it listens. */
  readonly serverUrl: () => string | undefined;
  readonly service: SystemService;
  readonly traffic: Traffic;
  readonly endpoints: readonly AnyEndpoint[];
};

export function systemRoutes({ service, traffic, endpoints, version, serverUrl }: SystemRouteParts): readonly Route[] {
  const document = once(() => openApiDocument(endpoints, { version, serverUrl: serverUrl() }));
  const page = once(() => docsPage(endpoints, { version, serverUrl: serverUrl() }));
  return [
    route(health, () => "ok\n"),
    route(readiness, async () => {
      const missing = await service.missing();
      return missing.length === 0 ? "ready\n" : plain(503, `${missing.join("\n")}\n`);
    }),
    route(metrics, async () => {
      const process_ = { residentBytes: process.memoryUsage.rss(), uptimeSeconds: process.uptime() };
      return new RawReply(
        200,
        { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
        metricsText(traffic, await service.status(), process_),
      );
    }),
    route(status, () => service.status()),
    route(openapi, document),
    route(docs, () => {
      const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": contentSecurityPolicy(page().styleHash) };
      return new RawReply(200, headers, page().html);
    }),
  ];
}

function plain(code: number, text: string): RawReply {
  return new RawReply(code, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" }, text);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
