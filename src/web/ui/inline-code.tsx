import { Fragment } from "react";

/** Text of a source with its `backticked` parts as code. Nothing else of it is read as markup. */
export function InlineCode({ text }: { readonly text: string }) {
  return text.split("`").map((part, index) =>
    // Parts have no identity but their place.
    index % 2 === 1 ? <code key={`${index} ${part}`}>{part}</code> : <Fragment key={`${index} ${part}`}>{part}</Fragment>,
  );
}
