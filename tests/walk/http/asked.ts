import type { Client } from "../../../src/contract/client.ts";
import type { AnyEndpoint } from "../../../src/contract/endpoint.ts";
import { allEndpoints } from "../../../src/contract/endpoints/all.ts";

/** Which endpoints were asked for what there is: what is answered was asked with true ids. */
export type Asked = {
  /** Ids of endpoints that answered somebody. */
  readonly answered: ReadonlySet<string>;
  /** Ids of endpoints that somebody asked of a true thing of somebody else's. */
  readonly ofOthers: Set<string>;
  readonly watch: (client: Client) => Client;
  readonly note: (method: AnyEndpoint["method"], path: string, status: number) => void;
};

const PATHS = allEndpoints.map(({ id, method, path }) => {
  // The dot of `openapi.json` is the only sign of a pattern in the contract's paths.
  const pattern = path
    .replaceAll(".", "\\.")
    .replace(/\{\+\w+\}$/, ".+")
    .replaceAll(/\{\w+\}/g, "[^/]+");
  return { id, method, pattern: new RegExp(`^${pattern}$`) };
});

export function createAsked(): Asked {
  const answered = new Set<string>();
  return {
    answered,
    ofOthers: new Set(),
    watch: (client) => async (endpoint, call) => {
      const answer = await client(endpoint, call);
      answered.add(endpoint.id);
      return answer;
    },
    note: (method, path, status) => {
      if (status >= 300) return;
      const [asked = ""] = path.split("?");
      // As the server does, the path that names more of it by word comes first.
      const found = PATHS.filter((one) => one.method === method && one.pattern.test(asked));
      const exact = found.find(({ pattern }) => !pattern.source.includes("[^/]+")) ?? found[0];
      if (exact !== undefined) answered.add(exact.id);
    },
  };
}
