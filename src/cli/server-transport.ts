import type { Transport } from "../contract/client.ts";
import { CodedError } from "../vocabulary/coded-error.ts";

export type ServerAccess = {
  readonly server: string;
  /** Goes with every request. */
  readonly token: string;
  /** What it means for whoever asked that the server cannot be reached. */
  readonly unreachable: string;
};

/** The contract spoken to a server over the network. A token in the clear would be anybody's on the way. @throws CodedError `input-invalid` */
export function createServerTransport({ server, token, unreachable }: ServerAccess): Transport {
  const base = URL.parse(server);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new CodedError("input-invalid", `--server: expected an http or https URL, got ${JSON.stringify(server)}`);
  }
  if (base.protocol === "http:" && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(base.hostname)) {
    throw new CodedError("input-invalid", `--server: expected https, since a token goes with the request; got ${JSON.stringify(server)}`);
  }
  return async ({ method, path, headers, body, signal }) => {
    const url = new URL(path, base);
    try {
      const response = await fetch(url, {
        method,
        headers: { ...headers, authorization: `Bearer ${token}` },
        redirect: "error",
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
    } catch (cause) {
      const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
      throw new CodedError("feed-unreachable", `the server cannot be reached: ${why}. ${unreachable}`, { cause, place: url.href });
    }
  };
}
