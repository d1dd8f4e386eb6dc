import { type SeededRandom, seededRandom } from "../support/seeded-random.ts";

/**
 * A language model of one layer with random weights, as a GGUF file of some 140 KB that llama.cpp loads like any other. It means nothing it
 * says, but it computes: the same prompt at temperature 0 has the same answer, and other weights have another.
 */
export function tinyModel(seed: number): Buffer {
  const random = seededRandom(seed);
  const tensors = tensorsOf(random);
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    uint32(3),
    uint64(tensors.length),
    uint64(METADATA.length),
    ...METADATA.map(([key, type, value]) => Buffer.concat([text(key), uint32(TYPES[type]), value])),
    ...describeTensors(tensors),
  ]);
  return Buffer.concat([padded(head), ...tensors.map(({ bytes }) => padded(bytes))]);
}

type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly bytes: Buffer };

const ALIGNMENT = 32;
const EMBEDDING = 32;
const HEADS = 4;
const FEED_FORWARD = 64;
/** Steps between -1 and 1. */
const FINE = 2 ** 24;
const TYPES = { uint32: 4, float32: 6, boolean: 7, string: 8, array: 9, int32: 5 } as const;

/** Kinds of tokens, as llama.cpp numbers them. */
const KIND = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;
type Token = { readonly text: string; readonly kind: number; readonly score: number };

const SYLLABLES = ["ka", "lo", "mi", "ren", "tu", "sha", "wei", "dor", "pe", "na"];
const WORDS = SYLLABLES.flatMap((first) => SYLLABLES.map((second) => `\u2581${first}${second}`));

/** Bytes spell whatever the words do not have, so that any prompt can be read. */
const VOCABULARY: readonly Token[] = [
  { text: "<unk>", kind: KIND.unknown, score: 0 },
  { text: "<s>", kind: KIND.control, score: 0 },
  { text: "</s>", kind: KIND.control, score: 0 },
  ...Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    kind: KIND.byte,
    score: 0,
  })),
  ...WORDS.map((word, index) => ({ text: word, kind: KIND.normal, score: -index })),
];
const FIRST_WORD = VOCABULARY.length - WORDS.length;

const METADATA: readonly (readonly [key: string, type: keyof typeof TYPES, value: Buffer])[] = [
  ["general.architecture", "string", text("llama")],
  ["general.name", "string", text("tiny")],
  ["general.alignment", "uint32", uint32(ALIGNMENT)],
  ["llama.context_length", "uint32", uint32(2048)],
  ["llama.embedding_length", "uint32", uint32(EMBEDDING)],
  ["llama.block_count", "uint32", uint32(1)],
  ["llama.feed_forward_length", "uint32", uint32(FEED_FORWARD)],
  ["llama.attention.head_count", "uint32", uint32(HEADS)],
  ["llama.attention.head_count_kv", "uint32", uint32(HEADS)],
  ["llama.attention.layer_norm_rms_epsilon", "float32", float32s([1e-5])],
  ["llama.rope.dimension_count", "uint32", uint32(EMBEDDING / HEADS)],
  ["llama.vocab_size", "uint32", uint32(VOCABULARY.length)],
  ["tokenizer.ggml.model", "string", text("llama")],
  [
    "tokenizer.ggml.tokens",
    "array",
    array(
      "string",
      VOCABULARY.map((token) => text(token.text)),
    ),
  ],
  [
    "tokenizer.ggml.scores",
    "array",
    array(
      "float32",
      VOCABULARY.map(({ score }) => float32s([score])),
    ),
  ],
  [
    "tokenizer.ggml.token_type",
    "array",
    array(
      "int32",
      VOCABULARY.map(({ kind }) => uint32(kind)),
    ),
  ],
  ["tokenizer.ggml.unknown_token_id", "uint32", uint32(0)],
  ["tokenizer.ggml.bos_token_id", "uint32", uint32(1)],
  ["tokenizer.ggml.eos_token_id", "uint32", uint32(2)],
  ["tokenizer.ggml.add_bos_token", "boolean", Buffer.of(1)],
];

function tensorsOf(random: SeededRandom): readonly Tensor[] {
  const weights = (name: string, columns: number, rows: number, firstRow = 0): Tensor => ({
    name: `${name}.weight`,
    shape: [columns, rows],
    bytes: float32s(Array.from({ length: columns * rows }, (_, at) => (at < firstRow * columns ? 0 : random.below(FINE) / (FINE / 2) - 1))),
  });
  const norm = (name: string): Tensor => ({
    name: `${name}.weight`,
    shape: [EMBEDDING],
    bytes: float32s(Array.from({ length: EMBEDDING }, () => 1)),
  });
  return [
    weights("token_embd", EMBEDDING, VOCABULARY.length),
    norm("blk.0.attn_norm"),
    weights("blk.0.attn_q", EMBEDDING, EMBEDDING),
    weights("blk.0.attn_k", EMBEDDING, EMBEDDING),
    weights("blk.0.attn_v", EMBEDDING, EMBEDDING),
    weights("blk.0.attn_output", EMBEDDING, EMBEDDING),
    norm("blk.0.ffn_norm"),
    weights("blk.0.ffn_gate", EMBEDDING, FEED_FORWARD),
    weights("blk.0.ffn_up", EMBEDDING, FEED_FORWARD),
    weights("blk.0.ffn_down", FEED_FORWARD, EMBEDDING),
    norm("output_norm"),
    // Only words are ever likeliest: single bytes would not be text.
    weights("output", EMBEDDING, VOCABULARY.length, FIRST_WORD),
  ];
}

function describeTensors(tensors: readonly Tensor[]): readonly Buffer[] {
  let offset = 0;
  return tensors.map(({ name, shape, bytes }) => {
    const described = Buffer.concat([text(name), uint32(shape.length), ...shape.map(uint64), uint32(0), uint64(offset)]);
    offset += padded(bytes).length;
    return described;
  });
}

function array(type: keyof typeof TYPES, values: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(TYPES[type]), uint64(values.length), ...values]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32s(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
}
