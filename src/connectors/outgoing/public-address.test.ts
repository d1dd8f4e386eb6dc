import assert from "node:assert/strict";
import { test } from "node:test";
import { isPublicAddress } from "./public-address.ts";

const PUBLIC = [
  "8.8.8.8",
  "1.1.1.1",
  "172.15.255.255",
  "172.32.0.0",
  "100.63.255.255",
  "2606:4700::1111",
  "64:ff9b::8.8.8.8",
  "::ffff:8.8.8.8",
];

const NOT_PUBLIC = [
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "198.18.0.1",
  "203.0.113.9",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "2001:db8::1",
  "2001::1",
  "2002:7f00:1::",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:0:0",
  "0:0:0:0:0:ffff:c0a8:101",
  "::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "localhost",
  "",
  "127.1",
];

for (const address of PUBLIC) test(`${address} is a public address`, () => assert.equal(isPublicAddress(address), true));
for (const address of NOT_PUBLIC) test(`"${address}" is not a public address`, () => assert.equal(isPublicAddress(address), false));
