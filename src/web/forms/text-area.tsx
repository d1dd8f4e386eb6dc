import { FieldError, Label, Text, TextArea as AriaTextArea, TextField } from "react-aria-components";
import { StateShape } from "../ui/state.tsx";
import type { TextInputProps } from "./text-input.tsx";
import "./fields.css";

/** The one field for text of several lines; it grows with what is typed. */
export function TextArea({
  label,
  hint,
  name,
  value,
  onChange,
  error,
  isMono = false,
  rows = 4,
}: TextInputProps & { readonly rows?: number }) {
  const lines = Math.min(24, Math.max(rows, value.split("\n").length + 1));
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      autoComplete="off"
      {...(isMono ? { spellCheck: "false" as const } : {})}
      {...(name === undefined ? {} : { name })}
    >
      <Label className="field-label">{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <AriaTextArea className={`field-input field-area${isMono ? " mono" : ""}`} rows={lines} />
      <FieldError className="field-error">
        <StateShape kind="affected" />
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}
