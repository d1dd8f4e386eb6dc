import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** `text` is headers and body, with long lines joined again. */
export type ReceivedMail = { readonly to: string; readonly text: string; readonly messageId: string };

/** A real SMTP server on loopback. */
export type Mailbox = {
  readonly url: string;
  /** In the order in which they came; the same mail twice is here twice. */
  readonly received: ReceivedMail[];
  /** Refuses what comes from now on with this answer; undefined = takes it again. */
  readonly refuseWith: (refusal: { readonly code: number; readonly text: string } | undefined) => void;
  readonly close: () => Promise<void>;
};

export async function openMailbox(): Promise<Mailbox> {
  const received: ReceivedMail[] = [];
  let refusal: { readonly code: number; readonly text: string } | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo: (_address, _session, done) =>
      refusal === undefined ? done() : done(Object.assign(new Error(refusal.text), { responseCode: refusal.code })),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const text = readable(Buffer.concat(chunks).toString());
        const messageId = /^message-id: <([^>]+)>/im.exec(text)?.[1] ?? "";
        for (const { address } of session.envelope.rcptTo) received.push({ to: address, text, messageId });
        done();
      });
    },
  });
  // A client that hangs up is no failure of the mailbox.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received,
    refuseWith: (next) => {
      refusal = next;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Quoted-printable, RFC 2045 §6.7, for the ASCII that our mails are. */
function readable(text: string): string {
  if (!/^content-transfer-encoding: quoted-printable/im.test(text)) return text;
  return text.replaceAll("=\r\n", "").replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
