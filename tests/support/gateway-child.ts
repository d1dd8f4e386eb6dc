import { createDoorTransport } from "../../src/cli/door-transport.ts";
import { createClient } from "../../src/contract/client.ts";
import { DEFAULT_LIMITS } from "../../src/gateway/config.ts";
import { startGateway } from "../../src/gateway/main.ts";
import { openSealedCredential } from "../../src/sealing/sealed-credential.ts";

/** What `gateway-child.ts` is told, as JSON in its first argument. */
export type ChildGateway = {
  readonly socketPath: string;
  readonly recordDirectory: string;
  /** Hex, by the id of the window or grant. */
  readonly credentialKeys: Readonly<Record<string, string>>;
  readonly recordKeys: Readonly<Record<string, string>>;
};

const { socketPath, recordDirectory, credentialKeys, recordKeys } = JSON.parse(process.argv[2] ?? "") as ChildGateway;
const gateway = await startGateway(
  { name: "g1", host: "127.0.0.1", port: 0, recordDirectory, listedHosts: [], limits: DEFAULT_LIMITS },
  {
    client: createClient(createDoorTransport(socketPath).transport),
    openCredential: ({ id, sealedCredential = "" }) => {
      const key = credentialKeys[id];
      return key === undefined ? undefined : Buffer.from(openSealedCredential(Buffer.from(key, "hex"), id, sealedCredential), "latin1");
    },
    recordKey: (grant) => {
      const key = recordKeys[grant];
      return key === undefined ? undefined : new Uint8Array(Buffer.from(key, "hex"));
    },
    log: () => undefined,
  },
);
await gateway.ready;
process.send?.({ url: gateway.url });
