/** One line of a gateway's log: never content, never a credential or a token's text. */
export type GatewayLine = {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly [detail: string]: string | number | boolean | undefined;
};

export type GatewayLog = (line: GatewayLine) => void;

/** Lines as JSON, each with its time. */
export function jsonLines(write: (line: string) => void, atLeast: GatewayLine["level"] | "silent"): GatewayLog {
  const least = [...LEVELS, "silent"].indexOf(atLeast);
  return (line) => {
    if (LEVELS.indexOf(line.level) >= least) write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
  };
}

const LEVELS: readonly GatewayLine["level"][] = ["debug", "info", "warn", "error"];
