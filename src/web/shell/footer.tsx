import { useContext } from "react";
import { Link } from "react-router";
import { Radio, RadioGroup, Switch } from "react-aria-components";
import type { Status } from "../queries.ts";
import { numberText } from "../words/count-text.ts";
import { distanceText, readerZone, zoneText } from "../words/instant-text.ts";
import { useNow } from "./now.tsx";
import { ShortcutContext } from "./shortcuts.ts";
import { useTheme, type Theme } from "./theme.ts";
import "./footer.css";

const themes: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "system", label: "System" },
];

export function Footer({ status }: { readonly status: Status | undefined }) {
  const nowMs = useNow();
  const [theme, setTheme] = useTheme();
  const shortcuts = useContext(ShortcutContext);
  return (
    <footer className="footer">
      <div className="shell-width footer-row">
        <span>Sluice {status?.version ?? ""}</span>
        <Link to="/data">Data: {status === undefined ? "not read yet" : dataText(status)}</Link>
        <Link to="/ledger">Ledger</Link>
        <a href="/docs">API</a>
        <span className="footer-gap" />
        <span>{zoneText(nowMs, readerZone())}</span>
        <Switch className="footer-switch" isSelected={shortcuts.isOn} onChange={shortcuts.set}>
          {({ isSelected }) => (
            <>
              Single keys (<kbd>/</kbd> <kbd>J</kbd> <kbd>K</kbd> <kbd>X</kbd>) <strong>{isSelected ? "on" : "off"}</strong>
            </>
          )}
        </Switch>
        <RadioGroup
          className="footer-theme"
          aria-label="Theme"
          orientation="horizontal"
          value={theme}
          onChange={(value) => setTheme(themes.find((known) => known.value === value)?.value ?? "system")}
        >
          {themes.map(({ value, label }) => (
            <Radio key={value} value={value} className="footer-choice">
              {label}
            </Radio>
          ))}
        </RadioGroup>
      </div>
    </footer>
  );
}

/** The oldest age rules: an answer is never better than it. */
function dataText(status: Status): string {
  const ages = status.ecosystems.flatMap(({ standing }) => (standing?.statedAtMs === undefined ? [] : [standing.statedAtMs]));
  const count = `${numberText(status.advisories)} advisories`;
  if (status.ecosystems.some(({ standing }) => standing?.sample === true)) return `${count}, a sample`;
  return ages.length === 0 ? count : `${count}, stated ${distanceText(Math.max(...ages), status.nowMs)}`;
}
