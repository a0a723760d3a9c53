/** The only style of the pages. Their policy allows exactly this text, and no script. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1b1c20; --quiet: #55585f; --line: #767a82; --accent: #0b57d0; --on-accent: #ffffff;
  --wrong: #b3261e; --note: #fff3c4; --on-note: #3d2f00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151619; --text: #e6e6e9; --quiet: #b4b7be; --line: #8d9199; --accent: #a8c7fa; --on-accent: #062e6f;
    --wrong: #f2b8b5; --note: #3a3000; --on-note: #ffe08a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
.banner { margin: 0; padding: .5rem 1rem; background: var(--note); color: var(--on-note); text-align: center; font-size: .875rem; }
main, footer { max-width: 30rem; margin: 0 auto; padding: 0 1rem; }
h1 { margin: 1.5rem 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
.quiet { color: var(--quiet); font-size: .9375rem; }
.problem { margin: 1rem 0; padding: .5rem 1rem; border-left: .25rem solid var(--wrong); color: var(--wrong); font-weight: 600; }
fieldset { margin: 1rem 0; padding: .5rem 1rem 1rem; border: 1px solid var(--line); border-radius: .5rem; min-width: 0; }
legend { padding: 0 .25rem; font-weight: 600; }
.field { margin: 1rem 0; }
.field label { display: block; margin-bottom: .25rem; font-weight: 600; }
.field input, select { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--ground); color: var(--text); font: inherit; }
.field [aria-invalid] { border-color: var(--wrong); }
.tick { display: flex; gap: .75rem; align-items: flex-start; padding: .5rem 0; }
.tick input { flex: none; width: 1.25rem; height: 1.25rem; margin: .125rem 0 0; accent-color: var(--accent); }
button { width: 100%; min-height: 2.75rem; margin: .5rem 0; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--ground); color: var(--text); font: inherit; cursor: pointer; }
button.first { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
.brands { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: .5rem; margin: 0; padding: 0; list-style: none; }
.brands button { height: 100%; margin: 0; }
:focus-visible { outline: .1875rem solid var(--accent); outline-offset: .125rem; }
footer { margin-top: 2rem; padding-bottom: 2rem; border-top: 1px solid var(--line); }
summary { padding: .5rem 0; cursor: pointer; }
`;
