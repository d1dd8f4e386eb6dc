/** Text in the few colours that mean something. */
export type Colours = { readonly [name in ColourName]: (text: string) => string };
export type ColourName = "bad" | "due" | "good" | "unsaid" | "strong" | "faint";

const codes: Readonly<Record<ColourName, readonly [open: number, close: number]>> = {
  bad: [31, 39],
  due: [33, 39],
  good: [32, 39],
  unsaid: [35, 39],
  strong: [1, 22],
  faint: [2, 22],
};

/** Colours for `stream`; none when it is no terminal, or by NO_COLOR or a dumb TERM. */
export function colours(stream: { readonly isTTY?: boolean }): Colours {
  const painted = showsColours(stream);
  const paint = ([open, close]: readonly [number, number]) => {
    return (text: string): string => (painted ? `\u001B[${open}m${text}\u001B[${close}m` : text);
  };
  return {
    bad: paint(codes.bad),
    due: paint(codes.due),
    good: paint(codes.good),
    unsaid: paint(codes.unsaid),
    strong: paint(codes.strong),
    faint: paint(codes.faint),
  };
}

export function showsColours(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
}
