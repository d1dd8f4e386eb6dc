import { setTimeout as pause } from "node:timers/promises";

/** What an evaluator's own tool saw of one call. */
export type Call = {
  /** Undefined = no answer began. */
  readonly status: number | undefined;
  readonly text: string;
  /** False = the answer broke off, or none began. */
  readonly isWhole: boolean;
  readonly startedMs: number;
  readonly endedMs: number;
};

export type Tool = {
  readonly chat: (prompt: string, options?: { readonly stream?: boolean; readonly onHeard?: (text: string) => void }) => Promise<Call>;
  /** Every call that the gateway answered with more than that it hears nothing from the server. */
  readonly calls: readonly Call[];
};

/** Every prompt of a tool has it. */
export const BY_A_TOOL = "Asked by a tool of the story: ";

/** A machine under load answers the gateway late, which then lets nothing through: so long a tool asks again. */
const PATIENCE_MS = 60_000;

/** A tool that speaks the OpenAI chat wire, as it would with any base URL and key. */
export function openTool(url: string, token: string, session: string): Tool {
  const calls: Call[] = [];
  const ask = async (prompt: string, stream: boolean, onHeard: ((text: string) => void) | undefined): Promise<Call> => {
    const startedMs = Date.now();
    let status: number | undefined;
    let text = "";
    let isWhole = false;
    try {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "x-sluice-session": session },
        body: JSON.stringify({ model: "large-2", stream, max_tokens: 100, messages: [{ role: "user", content: BY_A_TOOL + prompt }] }),
      });
      status = response.status;
      const decoder = new TextDecoder();
      for await (const bytes of response.body ?? []) {
        text += decoder.decode(bytes, { stream: true });
        onHeard?.(text);
      }
      isWhole = true;
    } catch (error) {
      // What a network does to a tool: refused, reset, cut off. Everything else is a fault of the test's.
      if (!(error instanceof TypeError)) throw error;
    }
    return { status, text, isWhole, startedMs, endedMs: Date.now() };
  };
  return {
    calls,
    chat: async (prompt, { stream = false, onHeard } = {}) => {
      const endsAt = performance.now() + PATIENCE_MS;
      for (;;) {
        const call = await ask(prompt, stream, onHeard);
        if (call.status === 503 && call.text.includes('"lease-ended"') && performance.now() < endsAt) {
          await pause(100);
          continue;
        }
        calls.push(call);
        return call;
      }
    },
  };
}
