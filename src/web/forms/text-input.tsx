import type { ReactNode } from "react";
import { FieldError, Input, Label, Text, TextField } from "react-aria-components";
import { StateShape } from "../ui/state.tsx";
import "./fields.css";

export type FieldWords = { readonly label: string; readonly hint?: ReactNode; readonly name?: string };

export type TextInputProps = FieldWords & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What was expected and who can change it; what was typed stays. */
  readonly error?: string | undefined;
  readonly isMono?: boolean;
};

/** The one field for text: label above, hint under it, the refusal under the input. */
export function TextInput({ label, hint, name, value, onChange, error, isMono = false }: TextInputProps) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      autoComplete="off"
      spellCheck="false"
      {...(name === undefined ? {} : { name })}
    >
      <Label className="field-label">{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <Input className={`field-input${isMono ? " mono" : ""}`} />
      <FieldError className="field-error">
        <StateShape kind="affected" />
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}
