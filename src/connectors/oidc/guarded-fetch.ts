import type { CustomFetch } from "openid-client";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { type Exchange, withoutCredentials } from "../outgoing/exchange.ts";

const MAX_ANSWER_BYTES = 1024 * 1024;

/** `fetch` over the guarded way out: public addresses only, no redirects, a bounded answer. */
export function guardedFetch(exchange: Exchange): CustomFetch {
  return async (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    const response = await exchange.send({
      method: method === "POST" ? "POST" : "GET",
      url,
      headers,
      signal: signal ?? AbortSignal.timeout(30_000),
      ...(body === null || body === undefined ? {} : { body: await bytesOf(body) }),
    });
    const chunks: Uint8Array[] = [];
    let taken = 0;
    for await (const chunk of response.body()) {
      taken += chunk.length;
      if (taken > MAX_ANSWER_BYTES) {
        const place = withoutCredentials(url);
        throw new CodedError("document-too-large", `expected at most ${MAX_ANSWER_BYTES} bytes from ${place}, got more`, { place });
      }
      chunks.push(chunk);
    }
    const given = new Headers();
    for (const [name, value] of Object.entries(response.headers)) {
      for (const each of typeof value === "object" ? value : [value ?? ""]) given.append(name, each);
    }
    const hasBody = response.status !== 204 && response.status !== 304;
    return new Response(hasBody ? Buffer.concat(chunks) : null, { status: response.status, headers: given });
  };
}

async function bytesOf(body: ConstructorParameters<typeof Response>[0]): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}
