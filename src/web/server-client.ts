import { createClient, type Transport } from "../contract/client.ts";
import { isUnattended } from "./shell/attendance.ts";

const fetchTransport: Transport = async (request) => {
  const response = await send(request);
  // A session that is over: the answer has removed its cookie, and what anyone may read is read without it.
  const isForgotten = response.status === 401 && request.method === "GET";
  const answer = isForgotten ? await send(request) : response;
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: new Uint8Array(await answer.arrayBuffer()) };
};

/** Asks the server this page came from. */
export const ask = createClient(fetchTransport);

type Request = Parameters<Transport>[0];

function send({ method, path, headers, body, signal }: Request): Promise<Response> {
  return fetch(path, {
    method,
    // What a page asks by itself must not keep the session of somebody who went away.
    headers: isUnattended() ? { ...headers, "sluice-unattended": "1" } : headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}
