import assert from "node:assert/strict";
import { test } from "node:test";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { type OwnOrigin, refuseCrossSite } from "./cross-site.ts";

const plain: OwnOrigin = { publicUrl: undefined, tls: false };
const behindProxy: OwnOrigin = { publicUrl: "https://desk.example/", tls: false };

type Headers = Readonly<Record<string, string>>;
const cases: readonly {
  readonly title: string;
  readonly own?: OwnOrigin;
  readonly headers: Headers;
  readonly cookie: boolean;
  readonly passes: boolean;
}[] = [
  { title: "its own page", headers: { "sec-fetch-site": "same-origin" }, cookie: true, passes: true },
  { title: "another site", headers: { "sec-fetch-site": "cross-site" }, cookie: true, passes: false },
  { title: "another site without a cookie", headers: { "sec-fetch-site": "cross-site" }, cookie: false, passes: false },
  { title: "a neighbour below the same domain", headers: { "sec-fetch-site": "same-site" }, cookie: true, passes: false },
  { title: "the address bar", headers: { "sec-fetch-site": "none" }, cookie: true, passes: false },
  {
    title: "another site that also forges an Origin",
    headers: { "sec-fetch-site": "cross-site", origin: "http://localhost:8080", host: "localhost:8080" },
    cookie: true,
    passes: false,
  },
  { title: "its own Origin", headers: { origin: "http://localhost:8080", host: "localhost:8080" }, cookie: true, passes: true },
  {
    title: "the Origin of another port",
    headers: { origin: "http://localhost:9090", host: "localhost:8080" },
    cookie: true,
    passes: false,
  },
  { title: "an Origin that is none", headers: { origin: "null", host: "localhost:8080" }, cookie: true, passes: false },
  {
    title: "PUBLIC_URL's Origin",
    own: behindProxy,
    headers: { origin: "https://desk.example", host: "127.0.0.1:8080" },
    cookie: true,
    passes: true,
  },
  {
    title: "PUBLIC_URL without TLS",
    own: behindProxy,
    headers: { origin: "http://desk.example", host: "127.0.0.1:8080" },
    cookie: true,
    passes: false,
  },
  { title: "a cookie from nowhere", headers: { host: "localhost:8080" }, cookie: true, passes: false },
  { title: "a program without a cookie", headers: { host: "localhost:8080" }, cookie: false, passes: true },
];

for (const { title, own = plain, headers, cookie, passes } of cases) {
  test(`${title} ${passes ? "passes" : "is refused"}`, () => {
    const check = (): void => refuseCrossSite({ header: (name) => headers[name] }, own, cookie);
    if (passes) check();
    else assert.throws(check, (error) => isCodedError(error, "cross-site"));
  });
}
