import { Fragment } from "react";

/** A package's name, which may be long: it breaks behind its own separators before it breaks anywhere else. */
export function PackageName({ name }: { readonly name: string }) {
  return (
    <code>
      <Breakable text={name} />
    </code>
  );
}

/** Text that may break behind `.`, `:`, `/`, `@` and `_`. */
export function Breakable({ text }: { readonly text: string }) {
  let at = 0;
  return text.split(/(?<=[.:/@_])(?=[^.:/@_])/).map((part) => {
    const key = at;
    at += part.length;
    return (
      <Fragment key={key}>
        {key === 0 ? null : <wbr />}
        {part}
      </Fragment>
    );
  });
}
