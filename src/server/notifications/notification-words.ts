import { parseNotificationKind } from "../../vocabulary/notification.ts";

/** What a message is made from: nothing of the thing it points at is here, so nothing of it can get out. */
export type Pointer = {
  readonly notificationId: string;
  readonly kind: string;
  readonly atMs: number;
  /** Of this server, as people reach it, without a slash at the end. */
  readonly serverUrl: string;
};

export function linkOf({ serverUrl, notificationId }: Pick<Pointer, "serverUrl" | "notificationId">): string {
  return `${serverUrl}/notifications/${notificationId}`;
}

/** The same words for every kind, so that a mailbox tells nobody what is going on; only a test says that it is one. */
export function mailOf(pointer: Pointer): { readonly subject: string; readonly text: string } {
  const link = linkOf(pointer);
  if (parseNotificationKind(pointer.kind) === "test") {
    return { subject: "A test of mail from Sluice", text: `This mail was asked for here:\n${link}\n\nNothing needs you.\n` };
  }
  return {
    subject: "Something in Sluice needs you",
    text: `Something in Sluice needs you:\n${link}\n\nWhat it is stands there, for those who may know it.\nMails like this can be switched off there too.\n`,
  };
}

/** JSON in the shape that Standard Webhooks recommends. */
export function webhookBodyOf(pointer: Pointer): string {
  return JSON.stringify({
    type: parseNotificationKind(pointer.kind) === "test" ? "test" : "notification",
    timestamp: new Date(pointer.atMs).toISOString(),
    data: { id: pointer.notificationId, link: linkOf(pointer) },
  });
}
