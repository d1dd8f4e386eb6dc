import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Holds the first paint until the remembered theme is in force; Vite leaves such attributes out. */
const paintAfterScript: Plugin = {
  name: "paint-after-script",
  transformIndexHtml: {
    order: "post",
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

/** React Aria brings its words in thirty languages; the console speaks one. */
const oneLanguage: Plugin = {
  name: "one-language",
  enforce: "pre",
  load: (id) =>
    /\/react-(aria|stately|aria-components)\/.*\/[a-z]{2}-[A-Z]{2}\.m?js$/.test(id) && !/\/en-[A-Z]{2}\./.test(id)
      ? "export default {};"
      : undefined,
};

export default defineConfig({
  root: import.meta.dirname,
  resolve: { alias: { "#examples": resolve(import.meta.dirname, "../../examples") } },
  plugins: [react(), oneLanguage, paintAfterScript],
  build: {
    outDir: "../../build/web",
    emptyOutDir: true,
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One sheet: rules of parts that several pages share keep their order whichever page comes first.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What keeps schemas from making code of text must run before any schema is made, in whichever file that is.
            { name: "schemas", test: /[\\/]node_modules[\\/]zod[\\/]|schemas-without-eval/ },
          ],
        },
      },
    },
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/docs": "http://127.0.0.1:8080", "/openapi.json": "http://127.0.0.1:8080" } },
});
