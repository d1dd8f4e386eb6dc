import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
  TextField,
} from "react-aria-components";
import { StateShape } from "../ui/state.tsx";
import "./fields.css";

type Common = { readonly label: string; readonly hint?: ReactNode; readonly name?: string };

export type TextInputProps = Common & {
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

export type ChoiceProps = Common & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: string }[];
};

/** The one field for a choice among few. */
export function Choice({ label, hint, value, onChange, options }: ChoiceProps) {
  return (
    <Select className="field" value={value} onChange={(key) => onChange(String(key))}>
      <Label className="field-label">{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <Button className="field-input field-choice">
        <SelectValue />
        <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </Button>
      <Popover className="field-popover">
        <ListBox className="field-options" items={options}>
          {(option) => (
            <ListBoxItem id={option.value} className="field-option" textValue={option.label}>
              {option.label}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
