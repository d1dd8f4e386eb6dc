import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { z } from "zod";
import { App } from "./app.tsx";
import { applyRememberedTheme } from "./shell/theme.ts";
import "./ui/fonts.css";
import "./ui/tokens.css";
import "./ui/base.css";

// The content security policy allows no code made from text, so schemas must not try.
z.config({ jitless: true });
applyRememberedTheme();

const root = document.getElementById("root");
if (root === null) throw new Error("invariant broken: index.html has a #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
