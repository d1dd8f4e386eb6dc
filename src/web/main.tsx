import "./schemas-without-eval.ts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { applyRememberedTheme } from "./shell/theme.ts";
import "./ui/fonts.css";
import "./ui/tokens.css";
import "./ui/base.css";

applyRememberedTheme();

const root = document.getElementById("root");
if (root === null) throw new Error("invariant broken: index.html has a #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
