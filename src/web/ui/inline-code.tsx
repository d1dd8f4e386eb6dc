/** Text of a source with its `backticked` parts as code. Nothing else of it is read as markup. */
export function InlineCode({ text }: { readonly text: string }) {
  let at = 0;
  return text.split("`").map((part, index) => {
    const key = at;
    at += part.length + 1;
    return index % 2 === 1 ? <code key={key}>{part}</code> : <span key={key}>{part}</span>;
  });
}

/** A title in a table: two lines at most, the whole of it to a screen reader and on its own page. */
export function CellTitle({ text }: { readonly text: string }) {
  return (
    <span className="cell-title">
      <InlineCode text={text} />
    </span>
  );
}
