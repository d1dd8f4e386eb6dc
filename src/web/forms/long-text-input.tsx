import { FieldError, Label, Text, TextArea, TextField } from "react-aria-components";
import { StateShape } from "../ui/state.tsx";
import type { TextInputProps } from "./text-input.tsx";
import "./fields.css";

/** The field for text of several lines. */
export function LongTextInput({
  label,
  hint,
  value,
  onChange,
  error,
  rows = 4,
}: Omit<TextInputProps, "isMono" | "name"> & { readonly rows?: number }) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      autoComplete="off"
    >
      <Label className="field-label">{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <TextArea className="field-input" rows={rows} />
      <FieldError className="field-error">
        <StateShape kind="affected" />
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}
