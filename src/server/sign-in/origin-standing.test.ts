import assert from "node:assert/strict";
import { test } from "node:test";
import { originStanding, type OriginStanding } from "./origin-standing.ts";

const cases: readonly {
  readonly title: string;
  readonly publicUrl?: string;
  readonly tls?: boolean;
  readonly host: string | undefined;
  readonly standing: OriginStanding;
}[] = [
  {
    title: "localhost is a name and a secure context",
    host: "localhost:8080",
    standing: { kind: "suitable", origin: "http://localhost:8080", relyingPartyId: "localhost" },
  },
  {
    title: "an address of loopback is no name: passkeys work under localhost",
    host: "127.0.0.1:8080",
    standing: { kind: "elsewhere", origin: "http://localhost:8080" },
  },
  { title: "the same by IPv6", host: "[::1]:8080", standing: { kind: "elsewhere", origin: "http://localhost:8080" } },
  {
    title: "a name without PUBLIC_URL and without TLS misses both",
    host: "desk.example:8080",
    standing: { kind: "unsuitable", origin: "http://desk.example:8080", missing: ["PUBLIC_URL", "TLS"] },
  },
  {
    title: "a name with TLS misses PUBLIC_URL",
    tls: true,
    host: "desk.example",
    standing: { kind: "unsuitable", origin: "https://desk.example", missing: ["PUBLIC_URL"] },
  },
  {
    title: "PUBLIC_URL of https is suitable, wherever TLS ends",
    publicUrl: "https://desk.example/",
    host: "desk.example",
    standing: { kind: "suitable", origin: "https://desk.example", relyingPartyId: "desk.example" },
  },
  {
    title: "who comes under another address is sent to PUBLIC_URL",
    publicUrl: "https://desk.example/",
    host: "localhost:8080",
    standing: { kind: "elsewhere", origin: "https://desk.example" },
  },
  {
    title: "PUBLIC_URL of plain http misses TLS",
    publicUrl: "http://desk.example/",
    host: "desk.example",
    standing: { kind: "unsuitable", origin: "http://desk.example", missing: ["TLS"] },
  },
  {
    title: "PUBLIC_URL with an address misses a name",
    publicUrl: "https://192.0.2.7/",
    host: "192.0.2.7",
    standing: { kind: "unsuitable", origin: "https://192.0.2.7", missing: ["PUBLIC_URL"] },
  },
  {
    title: "a Host that is none says nothing",
    host: undefined,
    standing: { kind: "unsuitable", origin: "http://localhost", missing: ["PUBLIC_URL"] },
  },
];

for (const { title, publicUrl, tls = false, host, standing } of cases) {
  test(title, () => assert.deepEqual(originStanding({ publicUrl, tls }, host), standing));
}
