/** The style sheet of the page. Its colours are told apart by those who see fewer of them, on both grounds. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --ground: #fff; --card: #f4f5f7; --text: #1b1c20; --quiet: #55585f; --line: #d5d8dd; --link: #0b57d0;
  --ours: #111; --ours-too: #66aaf0;
  --peer-1: #777b8c; --peer-2: #d33f04; --peer-3: #25b186; --peer-4: #99236e; --peer-5: #c19501; --peer-6: #0253bd;
  --answered: #015dca; --refused: #e14f01; --unheard: #d9b400; --parked: #992078; --other: #b0b5c4;
  --met: #1a7f37; --missed: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151619; --card: #202226; --text: #e6e6e9; --quiet: #b4b7be; --line: #3d4047; --link: #a8c7fa;
    --ours: #fff; --ours-too: #2f6da8;
    --peer-1: #918c80; --peer-2: #ff4904; --peer-3: #0ad189; --peer-4: #dd7ccd; --peer-5: #f7de1d; --peer-6: #84d7ff;
    --answered: #3090f8; --refused: #f16901; --unheard: #f0e63d; --parked: #e8b3ea; --other: #6a6a70;
    --met: #57c46b; --missed: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%;
}
header, main { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; }
main { padding-bottom: 4rem; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { margin: 0 0 .75rem; font-size: clamp(1.5rem, 6vw, 2rem); }
h2 { margin: 0 0 .5rem; font-size: 1.5rem; }
h3 { margin: 2rem 0 .5rem; font-size: 1.0625rem; }
h2::first-letter { text-transform: uppercase; }
p { margin: 0 0 1rem; max-width: 44rem; }
a { color: var(--link); }
:focus-visible { outline: .1875rem solid var(--link); outline-offset: .125rem; }
.quiet { color: var(--quiet); }
.lead { font-size: 1.125rem; }
section { margin-top: 3rem; padding-top: 2rem; border-top: 1px solid var(--line); }

nav { margin: 1.5rem 0 0; padding: 1rem 1.25rem; border-radius: .5rem; background: var(--card); }
nav h2 { font-size: 1rem; }
nav ul { margin: 0; padding: 0; list-style: none; columns: 18rem; column-gap: 2rem; }
nav li { break-inside: avoid; padding: .25rem 0; }
nav a { display: inline-block; }
nav a::first-letter { text-transform: uppercase; }

figure { margin: 0; }
.plot { display: block; max-width: 100%; height: auto; overflow: visible; font: 12.5px/1 system-ui, sans-serif; }
.plot text { fill: var(--text); }
.plot [aria-label$='grid'] { stroke: var(--line); stroke-opacity: 1; }
.narrow { display: none; }
@media (max-width: 45rem) {
  th:first-child { min-width: 7rem; max-width: 8rem; white-space: normal; overflow-wrap: anywhere; }
  .wide { display: none; } .narrow { display: block; width: 100%; } }
figcaption { margin-top: .5rem; color: var(--quiet); font-size: .875rem; }
figcaption p { max-width: none; margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .5rem; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: .5rem; font-size: .875rem; }
.legend .ours { font-weight: 600; }
.swatch { flex: none; width: 1.75rem; }
.swatch.box { width: .875rem; height: .875rem; border-radius: .125rem; }

.scroll { overflow-x: auto; margin: 0 0 .5rem; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .4375rem 0 .4375rem 1rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
thead th { color: var(--quiet); font-weight: 600; }
th:first-child {
  position: sticky; left: 0; padding-left: 0; padding-right: .5rem; background: var(--ground);
  text-align: left; font-weight: 400;
}
thead th:first-child { font-weight: 600; }
.ours > th, .ours > td { font-weight: 600; }

.goals { margin: 0; padding: 0; list-style: none; }
.goals li { padding: .25rem 0 .25rem 5.5rem; text-indent: -5.5rem; }
.goals strong { display: inline-block; width: 5.5rem; text-indent: 0; color: var(--met); }
.goals .missed strong { color: var(--missed); }

dl { margin: 0; }
dt { font-weight: 600; }
dd { margin: 0 0 .75rem; max-width: 44rem; }
.pairs { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; }
.pairs dd { margin: 0; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; margin: 0 0 1rem; padding: .75rem 1rem; border-radius: .5rem; background: var(--card); }
code { font: .9375rem/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
@media print { section { break-inside: avoid-page; } .scroll { overflow: visible; } }
`;
