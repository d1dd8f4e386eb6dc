/** A line and its number from 1; `text` is undefined when it is longer than allowed. */
export type Line = { readonly number: number; readonly text: string | undefined };

const LINE_FEED = 0x0a;

/** Lines of UTF-8 bytes as they come, never holding more than one line and one chunk. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let open = Buffer.alloc(0);
  let tooLong = false;
  const close = (end: Uint8Array): Line => {
    number += 1;
    const whole = open.length === 0 ? end : Buffer.concat([open, end]);
    const text = tooLong || whole.length > maxLineBytes ? undefined : decodeLine(whole, number);
    open = Buffer.alloc(0);
    tooLong = false;
    return { number, text };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield close(chunk.subarray(start, end));
      start = end + 1;
    }
    tooLong ||= open.length + chunk.length - start > maxLineBytes;
    open = tooLong ? Buffer.alloc(0) : Buffer.concat([open, chunk.subarray(start)]);
  }
  if (open.length > 0 || tooLong) yield close(new Uint8Array());
}

function decodeLine(bytes: Uint8Array, number: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const withoutMark = number === 1 && text.startsWith("\u{feff}") ? text.slice(1) : text;
  return withoutMark.endsWith("\r") ? withoutMark.slice(0, -1) : withoutMark;
}
