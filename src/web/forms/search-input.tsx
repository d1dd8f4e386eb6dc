import { Search, X } from "lucide-react";
import { useState, type Ref } from "react";
import { Button, Form, Input, SearchField } from "react-aria-components";
import "./search-input.css";

export type SearchInputProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly initial?: string;
  readonly onSearch: (text: string) => void;
  readonly look: "front-door" | "top-bar" | "list";
  readonly inputRef?: Ref<HTMLInputElement>;
  /** The key that leads here, when keys are on. */
  readonly shortcut?: string;
};

/** A search that is sent with Enter. */
export function SearchInput({ label, placeholder, initial = "", onSearch, look, inputRef, shortcut }: SearchInputProps) {
  const [text, setText] = useState(initial);
  return (
    <search aria-label={label} className={`search-landmark search-landmark-${look}`}>
      <Form
        className={`search-input search-input-${look}`}
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(text.trim());
        }}
      >
        <SearchField
          aria-label={label}
          className="search-input-field"
          value={text}
          onChange={setText}
          autoComplete="off"
          spellCheck="false"
          onClear={() => (look === "list" ? onSearch("") : undefined)}
          {...(shortcut === undefined ? {} : { "aria-keyshortcuts": shortcut })}
        >
          <Search className="search-input-icon" size={look === "front-door" ? 17 : 14} strokeWidth={1.75} aria-hidden="true" />
          <Input placeholder={placeholder} maxLength={200} {...(inputRef === undefined ? {} : { ref: inputRef })} />
          {text === "" ? (
            shortcut === undefined ? null : (
              <kbd aria-hidden="true">{shortcut}</kbd>
            )
          ) : (
            <Button className="search-input-clear">
              <X size={14} strokeWidth={1.75} aria-hidden="true" />
            </Button>
          )}
        </SearchField>
        {look === "front-door" ? (
          <Button type="submit" className="button button-main search-input-submit">
            Search
          </Button>
        ) : null}
      </Form>
    </search>
  );
}
