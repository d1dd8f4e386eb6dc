import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Answer, SeenRequest } from "./act.ts";
import { messagesErrorEvent, messagesEvents, messagesWhole } from "./anthropic-shapes.ts";
import { chatErrorEvent, chatEvents, chatWhole } from "./openai-chat-shapes.ts";
import { responsesErrorEvent, responsesEvents, responsesWhole } from "./openai-responses-shapes.ts";
import { replyTo, type Reply } from "./reply.ts";
import { tokensOf } from "./words.ts";

/** The body of an answer as it will be written, one buffer a write, before anything is cut. */
export type Body = { readonly contentType: string; readonly writes: readonly Buffer[] };

type Shape = {
  readonly whole: (reply: Reply) => object;
  readonly events: (reply: Reply) => readonly string[];
  readonly error: (type: string) => string;
};

const SHAPES: Readonly<Record<string, Shape>> = {
  "/v1/chat/completions": { whole: chatWhole, events: chatEvents, error: chatErrorEvent },
  "/v1/responses": { whole: responsesWhole, events: responsesEvents, error: responsesErrorEvent },
  "/v1/messages": { whole: messagesWhole, events: messagesEvents, error: messagesErrorEvent },
};

/** Undefined for a path that this server does not know. */
export function bodyOf(request: SeenRequest, act: Answer, nth: number): Body | undefined {
  if (request.path === "/v1/messages/count_tokens") return { contentType: "application/json", writes: inPieces(counted(request), act) };
  const shape = SHAPES[request.path];
  if (shape === undefined) return undefined;
  const reply = replyTo(request, act, nth);
  if (!request.stream) return { contentType: "application/json", writes: inPieces([Buffer.from(JSON.stringify(shape.whole(reply)))], act) };
  return {
    contentType: "text/event-stream; charset=utf-8",
    writes: inPieces(
      eventsOf(shape, reply, act).map((event) => Buffer.from(event)),
      act,
    ),
  };
}

/** One more event of the kind that carries words, for a stream without an end. */
export function oneMoreEvent(request: SeenRequest, act: Answer, nth: number): Buffer {
  const shape = SHAPES[request.path];
  const events = shape?.events(replyTo(request, { ...act, text: "and on and on ".repeat(70) }, nth)) ?? [];
  return Buffer.from(events[Math.floor(events.length / 2)] ?? "");
}

function eventsOf(shape: Shape, reply: Reply, act: Answer): readonly string[] {
  const events = [...shape.events(reply)];
  if (act.largeEventBytes !== undefined) {
    const large = shape.events({ ...reply, parts: ["x".repeat(act.largeEventBytes)] });
    events.splice(2, 0, large.find((event) => event.length > (act.largeEventBytes ?? 0)) ?? "");
  }
  if (act.errorInStream === undefined) return events;
  return [...events.slice(0, act.errorInStream.afterEvents), shape.error(act.errorInStream.type ?? "overloaded_error")];
}

function counted(request: SeenRequest): readonly Buffer[] {
  return [Buffer.from(JSON.stringify({ input_tokens: tokensOf(request.prompt) }))];
}

const CODERS = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, zstd: zstdCompressSync };

function inPieces(writes: readonly Buffer[], { pieces, coding }: Answer): readonly Buffer[] {
  const coded = coding === undefined ? writes : [CODERS[coding](Buffer.concat(writes))];
  if (pieces === undefined || pieces === "events") return coded;
  const whole = Buffer.concat(coded);
  return Array.from({ length: Math.ceil(whole.length / pieces) }, (_, index) => whole.subarray(index * pieces, (index + 1) * pieces));
}
