import { Fragment } from "react";

/** Text of a source with its `backticked` parts as code. Nothing else of it is read as markup. */
export function InlineCode({ text }: { readonly text: string }) {
  return text.split("`").map((part, index) =>
    // Parts have no identity but their place.
    index % 2 === 1 ? <code key={`${index} ${part}`}>{part}</code> : <Fragment key={`${index} ${part}`}>{part}</Fragment>,
  );
}

/** A title in a table: two lines at most, the whole of it to a screen reader and on its own page. */
export function CellTitle({ text }: { readonly text: string }) {
  return (
    <span className="cell-title">
      <InlineCode text={text} />
    </span>
  );
}
