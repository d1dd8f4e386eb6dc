/** What a person reads of a message to or from a model: who says it, what it is, and the words of it. */
export type Said = {
  /** `system`, `user`, `assistant`, `tool`: the wire's own word. */
  readonly who: string;
  readonly what: "text" | "thinking" | "tool call" | "tool result" | "refusal" | "error" | "something else";
  /** Of a tool. */
  readonly name?: string;
  readonly text: string;
};

/** A body as it can be shown. `said` is absent where nothing in it reads as a message of the wires. */
export type ReadBody = {
  readonly kind: "json" | "events" | "text";
  readonly said?: readonly Said[];
  /** Of `json`: the same with line breaks. */
  readonly pretty?: string;
  /** Of `events`: how many there are. */
  readonly events?: number;
};

type Fields = Readonly<Record<string, unknown>>;

/** Reads a request, or an answer, whole or as events. What does not read as one is text, and no error. */
export function readBody(text: string): ReadBody {
  const whole = parsed(text);
  if (typeof whole === "object" && whole !== null) {
    const said = isFields(whole) ? saidInWhole(whole) : [];
    return { kind: "json", pretty: JSON.stringify(whole, null, 2), ...(said.length === 0 ? {} : { said }) };
  }
  if (!/^(?:data|event|id|retry)?:/.test(text)) return { kind: "text" };
  const events = dataOf(text);
  const said = saidInEvents(events.map(parsed).filter(isFields));
  return { kind: "events", events: events.length, ...(said.length === 0 ? {} : { said }) };
}

/** The data of each event, lines of one event put together. */
function dataOf(text: string): readonly string[] {
  return text
    .split(/(?:\r\n|\n|\r){2}/)
    .map((event) =>
      event
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(line.startsWith("data: ") ? 6 : 5))
        .join("\n"),
    )
    .filter((data) => data !== "");
}

function saidInWhole(body: Fields): readonly Said[] {
  const error = saidError(body);
  if (error !== undefined) return [error];
  return [
    ...saidBy("system", body["system"] ?? body["instructions"]),
    ...listOf(body["messages"]).flatMap(saidInMessage),
    ...(typeof body["input"] === "string" ? saidBy("user", body["input"]) : listOf(body["input"]).flatMap(saidInMessage)),
    ...listOf(body["choices"]).flatMap((choice) => saidInMessage(isFields(choice) ? choice["message"] : undefined)),
    ...listOf(body["output"]).flatMap(saidInMessage),
    ...(body["type"] === "message" ? saidInMessage(body) : []),
  ];
}

/** A message of a conversation, or an item of a response. */
function saidInMessage(message: unknown): readonly Said[] {
  if (!isFields(message)) return [];
  const who = textOf(message["role"]) ?? "assistant";
  switch (message["type"]) {
    case "function_call":
      return [call(textOf(message["name"]), textOf(message["arguments"]) ?? "")];
    case "function_call_output":
      return [{ who: "tool", what: "tool result", text: textOf(message["output"]) ?? shown(message["output"]) }];
    case "reasoning":
      return listOf(message["summary"]).flatMap((part) => saidInPart("assistant", part));
    default:
      return [
        ...thinking(message["reasoning_content"]),
        ...(who === "tool" ? toolResults(message["content"]) : saidBy(who, message["content"])),
        ...refusal(message["refusal"]),
        ...listOf(message["tool_calls"]).flatMap((each) => (isFields(each) ? callOf(each["function"]) : [])),
      ];
  }
}

function saidBy(who: string, content: unknown): readonly Said[] {
  if (typeof content === "string") return content === "" ? [] : [{ who, what: "text", text: content }];
  return listOf(content).flatMap((part) => saidInPart(who, part));
}

function saidInPart(who: string, part: unknown): readonly Said[] {
  if (!isFields(part)) return typeof part === "string" ? [{ who, what: "text", text: part }] : [];
  switch (part["type"]) {
    case "text":
    case "input_text":
    case "output_text":
    case "summary_text":
      return [{ who, what: part["type"] === "summary_text" ? "thinking" : "text", text: textOf(part["text"]) ?? "" }];
    case "thinking":
      return thinking(part["thinking"]);
    case "refusal":
      return refusal(part["refusal"]);
    case "tool_use":
      return [call(textOf(part["name"]), shown(part["input"]))];
    case "tool_result":
      return toolResults(part["content"]);
    default:
      return [{ who, what: "something else", name: textOf(part["type"]) ?? "a part", text: shown(part) }];
  }
}

function toolResults(content: unknown): readonly Said[] {
  return saidBy("tool", content).map((each) => (each.what === "text" ? { ...each, what: "tool result" } : each));
}

/** Pieces of one place of an answer, put together in the order of their places. */
function saidInEvents(events: readonly Fields[]): readonly Said[] {
  const places = new Map<string, Said>();
  const add = (place: string, { text, ...said }: Said): void => {
    const begun = places.get(place);
    places.set(place, begun === undefined ? { ...said, text } : { ...begun, text: begun.text + text });
  };
  for (const event of events) {
    const error = saidError(event);
    if (error !== undefined) add("error", error);
    for (const [place, said] of [...chatPieces(event), ...messagePieces(event), ...responsePieces(event)]) add(place, said);
  }
  return [...places.values()].filter(({ text, what }) => text !== "" || what === "tool call");
}

type Piece = readonly [place: string, said: Said];

function chatPieces(event: Fields): readonly Piece[] {
  return listOf(event["choices"]).flatMap((choice): readonly Piece[] => {
    if (!isFields(choice) || !isFields(choice["delta"])) return [];
    const { delta } = choice as { readonly delta: Fields };
    const at = `choice ${shown(choice["index"])}`;
    const calls = listOf(delta["tool_calls"]).flatMap((each): readonly Piece[] => {
      if (!isFields(each) || !isFields(each["function"])) return [];
      const { name, arguments: given } = each["function"];
      return [[`${at} call ${shown(each["index"])}`, call(textOf(name), textOf(given) ?? "")]];
    });
    return [
      ...thinking(delta["reasoning_content"]).map((said): Piece => [`${at} thinking`, said]),
      ...saidBy("assistant", delta["content"]).map((said): Piece => [at, said]),
      ...refusal(delta["refusal"]).map((said): Piece => [`${at} refusal`, said]),
      ...calls,
    ];
  });
}

function messagePieces(event: Fields): readonly Piece[] {
  const at = `block ${shown(event["index"])}`;
  if (event["type"] === "content_block_start" && isFields(event["content_block"])) {
    const block = event["content_block"];
    return block["type"] === "tool_use" ? [[at, call(textOf(block["name"]), "")]] : [];
  }
  if (event["type"] !== "content_block_delta" || !isFields(event["delta"])) return [];
  const { delta } = event as { readonly delta: Fields };
  switch (delta["type"]) {
    case "text_delta":
      return [[at, { who: "assistant", what: "text", text: textOf(delta["text"]) ?? "" }]];
    case "thinking_delta":
      return thinking(delta["thinking"]).map((said): Piece => [at, said]);
    case "input_json_delta":
      return [[at, call(undefined, textOf(delta["partial_json"]) ?? "")]];
    default:
      return [];
  }
}

function responsePieces(event: Fields): readonly Piece[] {
  const at = `item ${shown(event["output_index"])} ${shown(event["content_index"])}`;
  const delta = textOf(event["delta"]) ?? "";
  switch (event["type"]) {
    case "response.output_item.added": {
      const { item } = event;
      return isFields(item) && item["type"] === "function_call"
        ? [[`item ${shown(event["output_index"])} call`, call(textOf(item["name"]), "")]]
        : [];
    }
    case "response.output_text.delta":
      return [[at, { who: "assistant", what: "text", text: delta }]];
    case "response.refusal.delta":
      return refusal(delta).map((said): Piece => [`${at} refusal`, said]);
    case "response.reasoning_text.delta":
    case "response.reasoning_summary_text.delta":
      return thinking(delta).map((said): Piece => [`${at} thinking`, said]);
    case "response.function_call_arguments.delta":
      return [[`item ${shown(event["output_index"])} call`, call(undefined, delta)]];
    default:
      return [];
  }
}

/** The wires' own shape of an error, whole or as an event. */
function saidError(body: Fields): Said | undefined {
  const { error } = body;
  if (isFields(error)) {
    const type = textOf(error["type"]) ?? textOf(error["code"]);
    return {
      who: "the model’s server",
      what: "error",
      text: textOf(error["message"]) ?? shown(error),
      ...(type === undefined ? {} : { name: type }),
    };
  }
  return undefined;
}

function thinking(text: unknown): readonly Said[] {
  return typeof text === "string" && text !== "" ? [{ who: "assistant", what: "thinking", text }] : [];
}

function refusal(text: unknown): readonly Said[] {
  return typeof text === "string" && text !== "" ? [{ who: "assistant", what: "refusal", text }] : [];
}

function callOf(called: unknown): readonly Said[] {
  return isFields(called) ? [call(textOf(called["name"]), textOf(called["arguments"]) ?? shown(called["arguments"]))] : [];
}

function call(name: string | undefined, text: string): Said {
  return { who: "assistant", what: "tool call", text, ...(name === undefined ? {} : { name }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function shown(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value);
}
