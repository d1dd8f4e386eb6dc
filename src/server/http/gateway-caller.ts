import { CodedError } from "../../vocabulary/coded-error.ts";
import type { RequestHead } from "./caller.ts";

/** Which gateway asks, verified: the one beside the server, or one on the premises of a lab. */
export type GatewayCaller = { readonly kind: "beside" } | { readonly kind: "premises"; readonly id: string; readonly lab: string };

/** Who a gateway is by its credential. @throws CodedError `sign-in-needed` when it states none, `credential-refused` when it does not hold */
export type AuthenticateGateway = (head: RequestHead) => Promise<GatewayCaller>;

/** The credential that a gateway states. @throws CodedError `sign-in-needed`, `credential-refused` */
export function statedGatewayCredential({ header }: Pick<RequestHead, "header">): string {
  const authorization = header("authorization");
  if (authorization === undefined) {
    throw new CodedError("sign-in-needed", "Expected the credential of a gateway, which an administrator of the lab issues");
  }
  const text = /^bearer +(\S+)$/i.exec(authorization)?.[1];
  if (text === undefined) throw gatewayRefused();
  return text;
}

/** One sentence for unknown, revoked and malformed. */
export function gatewayRefused(): CodedError {
  return new CodedError(
    "credential-refused",
    "Expected a gateway's credential that is in force. An administrator of the lab issues another",
  );
}

/** For servers without gateways elsewhere. */
export const noGatewayIsKnown: AuthenticateGateway = async (head) => {
  statedGatewayCredential(head);
  throw gatewayRefused();
};
