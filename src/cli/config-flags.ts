import { resolve } from "node:path";
import type { Config } from "../server/config.ts";
import { CodedError } from "../vocabulary/coded-error.ts";

export const dataDirectoryFlag = {
  "data-dir": { type: "string", description: "Data directory (DATA_DIR)", valueHint: "DIR" },
} as const;

export const networkFlags = {
  port: { type: "string", description: "Port (PORT; 8080)", valueHint: "N" },
  host: { type: "string", description: "Address to listen on (HOST; 127.0.0.1)", valueHint: "ADDRESS" },
  "public-url": { type: "string", description: "Address that people use (PUBLIC_URL)", valueHint: "URL" },
  "tls-cert": { type: "string", description: "PEM certificate chain (TLS_CERT_FILE)", valueHint: "FILE" },
  "tls-key": { type: "string", description: "PEM private key (TLS_KEY_FILE)", valueHint: "FILE" },
} as const;

type GivenFlags = { readonly [name: string]: unknown };

/** The settings given as flags, for `readConfig`. @throws CodedError `input-invalid` naming the flag */
export function givenFlags(args: GivenFlags): Partial<Config> {
  const dataDirectory = text(args["data-dir"]);
  const port = text(args["port"]);
  const host = text(args["host"]);
  const publicUrl = text(args["public-url"]);
  const certificateFile = text(args["tls-cert"]);
  const keyFile = text(args["tls-key"]);
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new CodedError("input-invalid", "expected both --tls-cert and --tls-key, or neither");
  }
  return {
    ...(dataDirectory === undefined ? {} : { dataDirectory: resolve(dataDirectory) }),
    ...(port === undefined ? {} : { port: portNumber(port) }),
    ...(host === undefined ? {} : { host }),
    ...(publicUrl === undefined ? {} : { publicUrl: httpUrl(publicUrl) }),
    ...(certificateFile === undefined || keyFile === undefined ? {} : { tls: { certificateFile, keyFile } }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function portNumber(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535))
    throw new CodedError("input-invalid", `--port: expected a whole number from 0 to 65535, got ${JSON.stringify(value)}`);
  return port;
}

function httpUrl(value: string): string {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CodedError("input-invalid", `--public-url: expected an http or https URL, got ${JSON.stringify(value)}`);
  }
  return url.href;
}
