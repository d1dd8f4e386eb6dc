import { createClient, type Transport } from "../contract/client.ts";

const fetchTransport: Transport = async ({ method, path, headers, body, signal }) => {
  const response = await fetch(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
};

/** Asks the server this page came from. */
export const ask = createClient(fetchTransport);
