import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import { join } from "node:path";
import { destroyWhatIsDue } from "../../src/cli/gateway/destroy-due.ts";
import { gatewayName } from "../../src/cli/gateway/gateway-name.ts";
import { openHostKeys } from "../../src/cli/gateway/host-keys.ts";
import { keepCredential } from "../../src/cli/gateway/kept-credentials.ts";
import type { Client } from "../../src/contract/client.ts";
import { openExchangeRecord } from "../../src/gateway/record/exchange-record.ts";
import type { Key, KeyRing } from "../../src/sealing/key-ring.ts";
import { openKeys } from "../../src/server/open-keys.ts";

/**
 * The life of a host's keys, each step told as soon as it is acknowledged: `DIRECTORY GRANT WINDOW`. Made at the first start; rotated, retired and
 * destroyed; and those of a window on a lab's premises, from the credential that is kept to the destruction that is stated. Without GRANT and WINDOW only
 * the first start.
 */
const [directory = "", grant = "", window = ""] = process.argv.slice(2);
const dataDirectory = join(directory, "data");
const recordDirectory = join(dataDirectory, "gateway");
try {
  const { keys } = await openKeys({
    dataDirectory,
    keysDirectory: join(directory, "keys"),
    masterKey: undefined,
    masterKeyFile: undefined,
  });
  for (const purpose of ["actor", "ledger"] as const) made(keys.current(purpose));
  const name = gatewayName(dataDirectory);
  tell(`name ${name}`);
  if (grant !== "") await use(keys, name);
} catch (error) {
  if (!(error instanceof Error && "code" in error)) throw error;
  tell(`refused ${String(error.code)} ${error.message}`);
}

async function use(keys: KeyRing, name: string): Promise<void> {
  const old = keys.current("token");
  made(await keys.rotate("token"));
  keys.retire(old.id);
  tell(`retired ${old.id}`);
  keys.destroy(old.id);
  tell(`destroyed ${old.id}`);

  keepCredential(keys, dataDirectory, window, "sk-of-the-lab");
  tell(`kept ${window}`);
  const log = (): void => {};
  const { recordKey } = openHostKeys({ keys, dataDirectory, recordDirectory, log });
  const record = await openExchangeRecord({ directory: recordDirectory, gatewayId: name, recordKey });
  const beginning = { leaseId: window, reserved: { requests: 1, tokens: 1 }, facts: {}, method: "POST", path: "/", headers: [] };
  await record.begin({ ...beginning, grantId: grant, exchangeId: window, session: "s", body: Buffer.from("{}") });
  tell(`recorded ${grant}`);
  await record.close();

  const client = (async (_: unknown, { body }: { readonly body: { readonly what: string } }) =>
    tell(`stated ${body.what}`)) as unknown as Client;
  const due = { credentials: [window], records: [{ grant, window }] };
  const destruction = destroyWhatIsDue({ client, gateway: name, keys, dataDirectory, recordDirectory, log });
  destruction.heard({ kind: "orders", orders: { destroy: due } } as never);
  await destruction.settled();
}

function made({ id, secret }: Key): void {
  tell(`made ${id} ${createHash("sha256").update(secret).digest("hex")}`);
}

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}
