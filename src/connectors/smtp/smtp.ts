import { createTransport } from "nodemailer";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Connector } from "../connector.ts";
import { reasonLine, type Delivery } from "../delivery.ts";

export const smtp: Connector = {
  id: "smtp",
  title: "E-mail, through any SMTP server",
};

export type SmtpOptions = {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465`; see README.md for `?tls=when-offered`. */
  readonly url: string;
  /** The address that mail comes from. */
  readonly from: string;
  /** The longest wait for the connection, the greeting and each answer. Default 20 s. */
  readonly silenceMs?: number;
  /** The longest time for one message as a whole. Default 60 s. */
  readonly wholeMs?: number;
  /** Certificates trusted besides the system's, PEM. */
  readonly certificateAuthority?: string;
};

/** Plain text to one address. */
export type Mail = {
  /** The same for every attempt, so that a mail that came twice is seen as one: becomes the Message-ID. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
};

export type MailServer = {
  /** For people: the server without credentials. */
  readonly location: string;
  readonly send: (mail: Mail, signal: AbortSignal) => Promise<Delivery>;
};

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Names the server; nothing is connected before a mail is sent. @throws CodedError `input-invalid`. */
export function openSmtp({ url, from, silenceMs = 20_000, wholeMs = 60_000, certificateAuthority }: SmtpOptions): MailServer {
  const server = readServer(url);
  const domain = readDomain(from);
  const transport = createTransport({
    host: server.host,
    ...(server.port === undefined ? {} : { port: server.port }),
    secure: server.tls === "from-the-start",
    requireTLS: server.tls === "required",
    ...(server.auth === undefined ? {} : { auth: server.auth }),
    ...(certificateAuthority === undefined ? {} : { tls: { ca: certificateAuthority } }),
    connectionTimeout: silenceMs,
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    dnsTimeout: silenceMs,
    // No mail of ours names a file or an address to read content from.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    location: server.location,
    send: async ({ id, to, subject, text }, signal) => {
      try {
        await transport.sendMail({
          from,
          // As an object: the address is never parsed as a list.
          to: { name: "", address: to },
          subject,
          text,
          messageId: `<${id}@${domain}>`,
          // RFC 3834 §5: keeps out-of-office answers from coming back.
          headers: { "auto-submitted": "auto-generated" },
          signal: AbortSignal.any([signal, AbortSignal.timeout(wholeMs)]),
        });
        return { kind: "delivered" };
      } catch (error) {
        signal.throwIfAborted();
        return toDelivery(error, wholeMs);
      }
    },
  };
}

type Server = {
  readonly host: string;
  readonly port: number | undefined;
  readonly tls: "from-the-start" | "required" | "when-offered";
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
  readonly location: string;
};

function readServer(text: string): Server {
  const url = URL.parse(text);
  const place = "SMTP_URL";
  // The text itself may hold a password: a message never repeats it.
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === "")
    throw new CodedError("input-invalid", "SMTP_URL: expected smtp://host:port or smtps://host:port, got something else", { place });
  const asked = url.searchParams.get("tls");
  if (asked !== null && asked !== "when-offered")
    throw new CodedError("input-invalid", `SMTP_URL: expected tls=when-offered or no tls, got tls=${JSON.stringify(asked)}`, { place });
  const unguarded = asked === "when-offered" || LOOPBACK.test(url.hostname);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? undefined : Number(url.port),
    tls: url.protocol === "smtps:" ? "from-the-start" : unguarded ? "when-offered" : "required",
    auth: url.username === "" ? undefined : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    location: `${url.protocol}//${url.host}`,
  };
}

function readDomain(from: string): string {
  const domain = /^[^\s@<>]+@([A-Za-z0-9.-]+)$/.exec(from)?.[1];
  if (domain === undefined)
    throw new CodedError("input-invalid", `MAIL_FROM: expected an address like sluice@example.org, got ${JSON.stringify(from)}`, {
      place: "MAIL_FROM",
    });
  return domain;
}

/** The commands whose permanent refusal is about this mail. A refused login or greeting is about us, and somebody may mend it. */
const ABOUT_THE_MAIL = new Set(["MAIL FROM", "RCPT TO", "DATA"]);

function toDelivery(error: unknown, wholeMs: number): Delivery {
  const failure = error as {
    readonly code?: unknown;
    readonly command?: unknown;
    readonly responseCode?: unknown;
    readonly message?: unknown;
  };
  if (failure.code === "EABORT") return { kind: "delayed", reason: `not sent within ${wholeMs / 1000} s` };
  const reason = reasonLine(String(failure.message ?? error));
  const status = typeof failure.responseCode === "number" ? failure.responseCode : undefined;
  // RFC 5321 §4.2.1: 5yz is permanent. 552 and 452 may be a full mailbox; 421 closes the channel and 4yz asks to come back.
  const isAboutMail = typeof failure.command === "string" && ABOUT_THE_MAIL.has(failure.command);
  const neverSent = failure.code === "EENVELOPE" && status === undefined;
  if (neverSent || (isAboutMail && status !== undefined && status >= 500 && status !== 552)) return { kind: "refused", reason };
  return { kind: "delayed", reason };
}
