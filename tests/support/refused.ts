import { isCodedError, type RefusalCode } from "../../src/vocabulary/coded-error.ts";

/** Whether what was thrown is a refusal with one of these codes. */
export const refused =
  (...codes: readonly RefusalCode[]) =>
  (error: unknown): boolean =>
    isCodedError(error, ...codes);
