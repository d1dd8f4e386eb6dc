/** The console's tokens for a page that stands without the console. */
export const DOCS_STYLE = `
:root { --canvas: #FBFBF8; --sunken: #F3F3EE; --line: #E1E1DA; --line-strong: #C9CAC2; --ink: #14191A; --ink-2: #434B4C; --ink-3: #5D6566; --accent: #0B5A66; }
@media (prefers-color-scheme: dark) {
  :root { --canvas: #0F1415; --sunken: #0A0E0F; --line: #273031; --line-strong: #3B4748; --ink: #E9EDEC; --ink-2: #B9C2C2; --ink-3: #929D9E; --accent: #67C7D2; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; }
body { margin: 0; background: var(--canvas); color: var(--ink); font: 400 14px/21px "Public Sans Variable", "Public Sans", system-ui, sans-serif; }
code, pre { font-family: "Commit Mono", ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: 0.9em; font-variant-ligatures: none; }
a { color: var(--accent); text-underline-offset: 2px; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.top { padding: 14px 16px; border-bottom: 1px solid var(--line); }
.top a { color: var(--ink); font-weight: 650; text-decoration: none; }
.columns { display: flex; flex-direction: column; max-width: 1328px; margin: 0 auto; padding: 0 16px 56px; }
nav { max-height: 232px; overflow: auto; border-bottom: 1px solid var(--line); }
nav h2 { margin: 24px 0 8px; font-size: 12.5px; line-height: 18px; font-weight: 520; color: var(--ink-3); }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 3px 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
main { min-width: 0; }
h1 { margin: 28px 0 12px; font-size: 26px; line-height: 32px; font-weight: 660; letter-spacing: -0.014em; text-wrap: balance; }
.lead { font-size: 16px; line-height: 24px; color: var(--ink-2); }
p { max-width: 76ch; text-wrap: pretty; }
section { padding: 26px 0 30px; border-top: 1px solid var(--line); }
section h2 { margin: 0 0 8px; font-size: 17px; line-height: 26px; font-weight: 630; }
section h2 a { color: inherit; text-decoration: none; }
.call { overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; margin: 16px 0; }
.facts dt { color: var(--ink-3); font-size: 12.5px; }
.facts dd { margin: 0; }
table { width: 100%; margin: 16px 0; border-collapse: collapse; font-size: 13.5px; line-height: 20px; }
th, td { padding: 7px 16px 7px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td:last-child { width: 100%; overflow-wrap: anywhere; }
thead th { border-bottom-color: var(--line-strong); color: var(--ink-3); font-size: 12.5px; font-weight: 520; }
tbody th { font-weight: 400; }
details { margin: 8px 0; }
summary { padding: 3px 0; color: var(--accent); cursor: pointer; }
pre { margin: 8px 0; padding: 12px; max-height: 480px; overflow: auto; background: var(--sunken); border: 1px solid var(--line); border-radius: 3px; line-height: 19px; }
.example { white-space: pre-wrap; overflow-wrap: anywhere; }
.refusals dt { margin-top: 16px; }
.refusals dt span { color: var(--ink-3); }
.refusals dd { margin: 2px 0 0; max-width: 76ch; color: var(--ink-2); }
:target { scroll-margin-top: 16px; background: var(--sunken); }
@media (min-width: 900px) {
  .columns { flex-direction: row; gap: 40px; padding: 0 56px 56px; }
  nav { flex: 0 0 220px; position: sticky; top: 0; align-self: flex-start; max-height: 100vh; border: 0; padding-bottom: 24px; }
  .top { padding: 14px 56px; }
}
@media print { nav, .top { display: none; } details > pre { display: none; } }
`;
