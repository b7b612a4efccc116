/** The report's style sheet: light and dark by the reader's preference, and paper. */
export const reportStyle = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --page: #ffffff; --card: #f6f8fa; --line: #d1d9e0; --accent: #0a66c2;
  --s0: #0a66c2; --s1: #c2410c; --s2: #15803d; --s3: #9333ea; --s4: #b8860b; --s5: #0e7490; --s6: #be185d; --s7: #4b5563; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9198a1; --page: #0d1117; --card: #161b22; --line: #3d444d; --accent: #58a6ff;
  --s0: #58a6ff; --s1: #fb923c; --s2: #4ade80; --s3: #c084fc; --s4: #facc15; --s5: #22d3ee; --s6: #f472b6; --s7: #9ca3af; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; color: var(--text); background: var(--page); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: .95rem; margin: 0 0 .5rem; }
p { margin: .25rem 0 .75rem; }
.quiet { color: var(--quiet); }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.tile { flex: 1 1 9rem; padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
td.number, th.number { text-align: right; }
.matrix td { text-align: right; padding: .35rem .6rem; min-width: 3rem; border: 1px solid var(--line);
  background: color-mix(in srgb, var(--accent) calc(var(--share) * 55%), transparent); }
.matrix th { padding: .35rem .6rem; }
.wide { width: 100%; }
.barCell { width: 50%; }
.meter { display: block; height: .8rem; border-radius: 2px; background: var(--accent); }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem; }
.chart { flex: 1 1 20rem; max-width: 28rem; margin: 0; }
svg { width: 100%; height: auto; }
svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; }
.chance { stroke: var(--quiet); stroke-dasharray: 4 4; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.points circle { fill: var(--accent); fill-opacity: .45; }
.bar { fill: var(--accent); }
.legend { list-style: none; margin: .25rem 0 0; padding: 0 0 0 3.25rem; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .85rem; }
.key { display: inline-block; width: .9rem; height: .25rem; margin-right: .4rem; vertical-align: middle; }
${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `.line.series${i} { stroke: var(--s${i}); } .key.series${i} { background: var(--s${i}); }`).join('\n')}
ul.warnings { padding-left: 1.25rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; font-size: 12px; } section { break-inside: avoid; } .bar, .meter, .key, .matrix td, .tile { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
