import { inspect } from "node:util";
import { isCodedError } from "../vocabulary/coded-error.ts";
import { colours, type Colours } from "./colours.ts";
import { printable, printableLine } from "./printable.ts";

/** What a command leaves behind when it cannot do what was asked: text for stderr and the exit code. */
export type RenderedError = { readonly text: string; readonly exitCode: number };

export const EXIT_REFUSED = 2;
/** EX_SOFTWARE of sysexits(3): the fault is ours. */
export const EXIT_BUG = 70;

/** The only place where errors become words on a terminal: a refusal says what and where, a bug shows its stack. */
export function renderError(error: unknown, paint: Colours = colours(process.stderr)): RenderedError {
  if (isCodedError(error) && error.code !== "internal") {
    const place = error.place === undefined || error.message.includes(error.place) ? "" : `${printableLine(error.place)}: `;
    return { text: `${paint.bad("sluice:")} ${place}${printable(error.message)}\n`, exitCode: EXIT_REFUSED };
  }
  if (isUsageError(error)) return { text: `${paint.bad("sluice:")} ${printable(error.message)}\n`, exitCode: EXIT_REFUSED };
  const stack = error instanceof Error ? inspect(error, { colors: false }) : String(error);
  return { text: `${paint.bad("sluice: a fault in Sluice.")} Report it with what follows:\n${stack}\n`, exitCode: EXIT_BUG };
}

/** A command line that no command takes. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

function isUsageError(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof Error && error.name === "CLIError");
}
