import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/**
 * Which requests came through the local door. Nothing that a client sends plays a part: a socket is in the set because
 * the door's own listener accepted it, and the in-process address is no address that a kernel gives to a peer.
 */
const doorSockets = new WeakSet<Socket>();

/** The `remoteAddress` of requests that this process makes to itself. */
export const IN_PROCESS_ADDRESS = "in-process";

/** Called by the door's listener for each connection it accepts. */
export function markDoorSocket(socket: Socket): void {
  doorSockets.add(socket);
}

export function cameThroughDoor(request: IncomingMessage): boolean {
  return doorSockets.has(request.socket) || request.socket.remoteAddress === IN_PROCESS_ADDRESS;
}
