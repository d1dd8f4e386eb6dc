import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { AnswerOf, BodyInputOf } from "../../contract/endpoint.ts";
import { type addPasskey } from "../../contract/endpoints/account.ts";
import { type askPasskeyByLink } from "../../contract/endpoints/one-time-links.ts";
import { askPasskey, signInByPasskey } from "../../contract/endpoints/sign-in.ts";
import { ask } from "../server-client.ts";
import type { Session } from "../shell/session.ts";

/** The browser gave no passkey: there is none for this address, or it was called off. */
export class NoPasskey extends Error {
  override readonly name = "NoPasskey";
}

/** @throws NoPasskey, and CodedError as the server refuses */
export async function signInWithPasskey(): Promise<Session> {
  const question = await ask(askPasskey);
  const answer = await orNone(() =>
    startAuthentication({ optionsJSON: question as Parameters<typeof startAuthentication>[0]["optionsJSON"] }),
  );
  return ask(signInByPasskey, { body: answer as BodyInputOf<typeof signInByPasskey> });
}

/** A new passkey in answer to the server's question. @throws NoPasskey */
export async function makePasskey(question: AnswerOf<typeof askPasskeyByLink>): Promise<BodyInputOf<typeof addPasskey>["passkey"]> {
  const made = await orNone(() => startRegistration({ optionsJSON: question as Parameters<typeof startRegistration>[0]["optionsJSON"] }));
  return made as BodyInputOf<typeof addPasskey>["passkey"];
}

/** What this device's passkey is called until its owner says otherwise. */
export function passkeyName(): string {
  const system = /Windows|Mac OS|Android|iPhone|iPad|Linux/.exec(navigator.userAgent)?.[0];
  return system === undefined ? "Passkey" : `Passkey on ${system === "Mac OS" ? "macOS" : system}`;
}

async function orNone<T>(give: () => Promise<T>): Promise<T> {
  try {
    return await give();
  } catch (cause) {
    throw new NoPasskey(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
