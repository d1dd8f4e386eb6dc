import { Input, Label, Text, TextField } from "react-aria-components";
import type { FieldWords } from "./text-input.tsx";
import "./fields.css";

/** The field for what is never shown: not while it is typed, and not kept by the browser. */
export function SecretInput({
  label,
  hint,
  value,
  onChange,
}: FieldWords & { readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <TextField className="field" type="password" value={value} onChange={onChange} autoComplete="off" spellCheck="false">
      <Label className="field-label">{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <Input className="field-input mono" />
    </TextField>
  );
}
