import { createContext, useContext, useEffect } from "react";
import { recall, remember } from "./browser-memory.ts";

const KEY = "sluice.shortcuts";

/** Whether single keys act (`/`, `j`, `k`, `x`), and how to switch them. */
export type ShortcutSetting = { readonly isOn: boolean; readonly set: (isOn: boolean) => void };

export const ShortcutContext = createContext<ShortcutSetting>({ isOn: true, set: () => undefined });

export function rememberedShortcuts(): boolean {
  return recall(KEY) !== "off";
}

export function rememberShortcuts(isOn: boolean): void {
  remember(KEY, isOn ? undefined : "off");
}

/** Calls `onKey` for single keys typed outside fields; it returns true when the key was for it. Never while shortcuts are off. */
export function useShortcut(onKey: (key: string) => boolean): void {
  const { isOn } = useContext(ShortcutContext);
  useEffect(() => {
    if (!isOn) return undefined;
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (onKey(event.key)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [isOn, onKey]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isTextInput = target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
  return (
    isTextInput ||
    target instanceof HTMLTextAreaElement ||
    target.isContentEditable ||
    target.closest("[role=listbox],[role=dialog]") !== null
  );
}
