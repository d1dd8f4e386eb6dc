import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import { identifier } from "./sql.ts";
import { refusalOfPostgres } from "./postgres-connection.ts";

export type PostgresListener = {
  readonly listen: (channel: string, onHint: () => void) => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
};

const reconnectAfterMs = 1000;

/** One connection of its own, made with the first channel. After it is lost every channel gets a hint, since some may have been missed. */
export function postgresListener(config: ClientConfig): PostgresListener {
  const channels = new Map<string, Set<() => void>>();
  const closed = new AbortController();
  let connected: Promise<Client> | undefined;

  async function connect(): Promise<Client> {
    const client = new Client(config);
    client.on("error", () => {});
    client.on("notification", ({ channel }) => hint(channel));
    client.on("end", () => void reconnect());
    try {
      await client.connect();
      for (const channel of channels.keys()) await client.query(listenText(channel));
    } catch (error) {
      throw refusalOfPostgres(error);
    }
    return client;
  }

  async function reconnect(): Promise<void> {
    while (!closed.signal.aborted) {
      try {
        await sleep(reconnectAfterMs, undefined, { ref: false, signal: closed.signal });
        connected = connect();
        await connected;
        for (const channel of channels.keys()) hint(channel);
        return;
      } catch {
        // Still away: hints are never needed, so nobody is told; the statements themselves say it.
      }
    }
  }

  function hint(channel: string): void {
    for (const onHint of channels.get(channel) ?? []) onHint();
  }

  return {
    listen: async (channel, onHint) => {
      const hints = channels.get(channel) ?? new Set();
      channels.set(channel, hints.add(onHint));
      const client = await (connected ??= connect());
      await client.query(listenText(channel));
      return async () => void hints.delete(onHint);
    },
    close: async () => {
      closed.abort();
      await (await connected?.catch(() => undefined))?.end();
    },
  };
}

function listenText(channel: string): string {
  return `listen ${identifier(channel).text}`;
}
