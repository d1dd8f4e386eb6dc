import { useEffect, useState } from "react";
import { recall, remember } from "./browser-memory.ts";

export type Theme = "light" | "dark" | "system";

const KEY = "sluice.theme";

/** Puts the remembered theme in force, before the first paint. */
export function applyRememberedTheme(): void {
  apply(rememberedTheme());
}

/** The reader's theme and how to change it; kept in this browser. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(rememberedTheme);
  useEffect(() => apply(theme), [theme]);
  const choose = (next: Theme) => {
    setTheme(next);
    remember(KEY, next === "system" ? undefined : next);
  };
  return [theme, choose];
}

function rememberedTheme(): Theme {
  const text = recall(KEY);
  return text === "light" || text === "dark" ? text : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
