import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, test } from "node:test";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { Delivery } from "../delivery.ts";
import { openSmtp, type Mail } from "./smtp.ts";

const signal = AbortSignal.timeout(60_000);
const from = "sluice@sluice.example";
const mail: Mail = {
  id: "0b5c1d52-0c53-4b0e-9a53-93c2a5f6a3b1",
  to: "person@operator.example",
  subject: "Something in Sluice needs you",
  text: "Something in Sluice needs you:\nhttps://sluice.example/notifications/0b5c1d52-0c53-4b0e-9a53-93c2a5f6a3b1\n",
};
const keys = new URL("../../../tests/system/testdata/", import.meta.url);
const certificate = readFileSync(new URL("localhost-cert.pem", keys), "utf8");
const key = readFileSync(new URL("localhost-key.pem", keys), "utf8");

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

type Received = { readonly to: readonly string[]; readonly text: string };

/** A real SMTP server on loopback, and what it took. */
async function startMailServer(options: SMTPServerOptions = {}): Promise<{ readonly port: number; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
        done();
      });
    },
    ...options,
  });
  // A connection that we cut is no failure of this server.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  opened.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, received };
}

/** A server of our own words, for what no honest server does. */
async function startRawServer(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}

function refusal(message: string, responseCode: number): Error {
  return Object.assign(new Error(message), { responseCode });
}

test("a mail arrives as plain text, with a Message-ID that is the same for every attempt", async () => {
  const { port, received } = await startMailServer();
  const server = openSmtp({ url: `smtp://127.0.0.1:${port}`, from });
  assert.equal(server.location, `smtp://127.0.0.1:${port}`);
  assert.deepEqual(await server.send(mail, signal), { kind: "delivered" });
  assert.deepEqual(await server.send(mail, signal), { kind: "delivered" });
  const expected = readFileSync(new URL("testdata/mail.eml", import.meta.url), "utf8").replaceAll("\n", "\r\n");
  for (const { to, text } of received) {
    assert.deepEqual(to, [mail.to]);
    assert.equal(text.replace(/^Date: .*\r\n/m, ""), expected);
  }
  assert.equal(received.length, 2);
});

describe("what one attempt comes to", () => {
  const answers: readonly (readonly [string, SMTPServerOptions, RegExp, "refused" | "delayed"])[] = [
    [
      "a recipient who is not there",
      { onRcptTo: (_address, _session, done) => done(refusal("5.1.1 no such user", 550)) },
      /no such user/,
      "refused",
    ],
    ["greylisting", { onRcptTo: (_address, _session, done) => done(refusal("4.7.1 try again later", 451)) }, /try again later/, "delayed"],
    ["a full mailbox", { onRcptTo: (_address, _session, done) => done(refusal("5.2.2 mailbox full", 552)) }, /mailbox full/, "delayed"],
    [
      "a sender who is not welcome",
      { onMailFrom: (_address, _session, done) => done(refusal("5.7.1 go away", 554)) },
      /go away/,
      "refused",
    ],
    ["a server too busy to talk", { onConnect: (_session, done) => done(refusal("too busy", 421)) }, /too busy/, "delayed"],
    ["a server that refuses us altogether", { onConnect: (_session, done) => done(refusal("not you", 554)) }, /not you/, "delayed"],
    [
      "a message that is refused once read",
      { onData: (stream, _session, done) => stream.on("end", () => done(refusal("5.6.0 not this", 554))).resume() },
      /not this/,
      "refused",
    ],
    [
      "a message that cannot be stored now",
      { onData: (stream, _session, done) => stream.on("end", () => done(refusal("4.3.0 disk trouble", 451))).resume() },
      /disk trouble/,
      "delayed",
    ],
  ];
  for (const [title, options, reason, kind] of answers) {
    test(`${title}: ${kind}`, async () => {
      const { port } = await startMailServer(options);
      const found = await openSmtp({ url: `smtp://127.0.0.1:${port}`, from }).send(mail, signal);
      assert.equal(found.kind, kind);
      assert.match(reasonOf(found), reason);
    });
  }

  test("nobody listens: delayed", async () => {
    const { port } = await startMailServer();
    await opened.pop()?.();
    assert.equal((await openSmtp({ url: `smtp://127.0.0.1:${port}`, from }).send(mail, signal)).kind, "delayed");
  });

  test("the connection drops in the middle of the message: delayed", async () => {
    const heard: string[] = [];
    const port = await startRawServer((socket) => {
      socket.write("220 here\r\n");
      socket.on("data", (chunk) => {
        const text = chunk.toString();
        heard.push(text);
        if (heard.length > 4) socket.destroy();
        else socket.write(text.startsWith("DATA") ? "354 go on\r\n" : "250 yes\r\n");
      });
    });
    assert.equal((await openSmtp({ url: `smtp://127.0.0.1:${port}`, from }).send(mail, signal)).kind, "delayed");
    assert.match(heard.at(-1) ?? "", /^Auto-Submitted/);
  });

  test("the server says nothing: delayed", async () => {
    const port = await startRawServer(() => undefined);
    assert.equal((await openSmtp({ url: `smtp://127.0.0.1:${port}`, from, silenceMs: 50 }).send(mail, signal)).kind, "delayed");
  });

  test("the server drips a line at a time and never comes to the end: delayed when the whole time is over", async () => {
    const port = await startRawServer((socket) => {
      const timer = setInterval(() => socket.write("220-wait\r\n"), 5);
      socket.on("close", () => clearInterval(timer));
    });
    const found = await openSmtp({ url: `smtp://127.0.0.1:${port}`, from, wholeMs: 100 }).send(mail, signal);
    assert.deepEqual(found, { kind: "delayed", reason: "not sent within 0.1 s" });
  });

  test("what a server says stays one line of bounded length", async () => {
    const port = await startRawServer((socket) => socket.end(`554 ${"long ".repeat(200)}\u0007\r\n`));
    const found = await openSmtp({ url: `smtp://127.0.0.1:${port}`, from }).send(mail, signal);
    assert.equal(found.kind, "delayed");
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    assert.match(reasonOf(found), /^[^\u0000-\u001f]{1,301}$/);
  });

  test("who ends the wait gets the reason as it was given", async () => {
    const port = await startRawServer(() => undefined);
    const reason = new Error("the server stops");
    const stop = new AbortController();
    const sent = openSmtp({ url: `smtp://127.0.0.1:${port}`, from }).send(mail, stop.signal);
    stop.abort(reason);
    await assert.rejects(sent, reason);
  });
});

describe("addresses", () => {
  for (const to of [
    "a@b.example, other@b.example",
    "a@b.example\r\nBcc: other@b.example",
    "a@b.example> SIZE=1\r\nRCPT TO:<other@b.example",
  ]) {
    test(`${JSON.stringify(to)} reaches nobody else`, async () => {
      const { port, received } = await startMailServer();
      await openSmtp({ url: `smtp://127.0.0.1:${port}`, from }).send({ ...mail, to }, signal);
      for (const { to: reached, text } of received) {
        assert.equal(reached.includes("other@b.example"), false);
        assert.doesNotMatch(text, /^bcc:/im);
      }
    });
  }
});

describe("TLS and login", () => {
  const secured: SMTPServerOptions = { key, cert: certificate, disabledCommands: [] };

  test("a password goes over STARTTLS, and the server's certificate is checked", async () => {
    const passwords: (string | null | undefined)[] = [];
    const { port } = await startMailServer({
      ...secured,
      authOptional: false,
      onAuth: (auth, session, done) => {
        assert.equal(session.secure, true);
        passwords.push(auth.password);
        done(null, { user: auth.username });
      },
    });
    const url = `smtp://me%40here:p%2Fw@localhost:${port}`;
    const server = openSmtp({ url, from, certificateAuthority: certificate });
    assert.equal(server.location, `smtp://localhost:${port}`);
    assert.deepEqual(await server.send(mail, signal), { kind: "delivered" });
    assert.deepEqual(passwords, ["p/w"]);
    assert.equal((await openSmtp({ url, from }).send(mail, signal)).kind, "delayed");
  });

  test("a refused password delays the mail: it is not the mail's fault, and its words hold no password", async () => {
    const { port } = await startMailServer({
      ...secured,
      authOptional: false,
      onAuth: (_auth, _session, done) => done(refusal("bad credentials", 535)),
    });
    const found = await openSmtp({ url: `smtp://me:secretword@localhost:${port}`, from, certificateAuthority: certificate }).send(
      mail,
      signal,
    );
    assert.equal(found.kind, "delayed");
    assert.doesNotMatch(JSON.stringify(found), /secretword/);
  });

  test("smtps speaks TLS from the start", async () => {
    const { port, received } = await startMailServer({ ...secured, secure: true });
    const server = openSmtp({ url: `smtps://localhost:${port}`, from, certificateAuthority: certificate });
    assert.deepEqual(await server.send(mail, signal), { kind: "delivered" });
    assert.equal(received.length, 1);
  });

  test("a host elsewhere that offers no TLS gets no mail, unless the URL says so", async () => {
    const { port, received } = await startMailServer();
    const elsewhere = `smtp://[::ffff:127.0.0.1]:${port}`;
    const found = await openSmtp({ url: elsewhere, from }).send(mail, signal);
    assert.equal(found.kind, "delayed");
    assert.equal(received.length, 0);
    assert.deepEqual(await openSmtp({ url: `${elsewhere}/?tls=when-offered`, from }).send(mail, signal), { kind: "delivered" });
  });
});

describe("settings that cannot be used are refused, without repeating a password", () => {
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["http://user:secretword@mail.example", from, /^SMTP_URL: expected smtp/],
    ["mail.example:25", from, /^SMTP_URL: expected smtp/],
    ["smtp://", from, /^SMTP_URL: expected smtp/],
    ["smtp://user:secretword@mail.example?tls=no", from, /^SMTP_URL: expected tls=when-offered/],
    ["smtp://mail.example", "Sluice <sluice@sluice.example>", /^MAIL_FROM: expected an address/],
    ["smtp://mail.example", "nobody", /^MAIL_FROM: expected an address/],
  ];
  for (const [url, sender, message] of refused) {
    test(`${url} from ${sender}`, () => {
      assert.throws(
        () => openSmtp({ url, from: sender }),
        (error: Error) => message.test(error.message) && !error.message.includes("secretword"),
      );
    });
  }
});

function reasonOf(delivery: Delivery): string {
  return delivery.kind === "delivered" ? "" : delivery.reason;
}
