import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createDurably, readPrivateText } from "../../sealing/durable-file.ts";

/** The name of the gateway of a data directory, made at its first start: two that share a database, or a lab's credential, are two in its books. */
export function gatewayName(dataDirectory: string): string {
  const file = join(dataDirectory, "gateway.name");
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const known = readPrivateText(file);
  if (known !== undefined) return known.trim();
  createDurably(file, `gateway-${randomBytes(6).toString("hex")}\n`);
  return gatewayName(dataDirectory);
}
