import { connect } from "node:net";

const ANSWER_WITHIN_MS = 2_000;

/** Whether a server answers behind the socket; a file left by one that was killed does not. */
export function doorAnswers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const end = (answers: boolean) => (): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once("connect", end(true)).once("error", end(false)).setTimeout(ANSWER_WITHIN_MS, end(false));
  });
}
