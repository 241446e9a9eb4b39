/** The report's looks: the colours and letters of the lab's own page (templates/web), with a sheet for paper. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3;
  --paper: #ffffff;
  --ink: #1c1e26;
  --quiet: #5d6172;
  --line: #dcdde3;
  --accent: #3b4fd8;
  --other: #0b7d78;
  --good: #1a7f45;
  --warn: #9a5b00;
  --bad: #c42434;
  --tint: 9%;
  --mono: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}

@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #14151a;
    --paper: #1d1f27;
    --ink: #ecedf2;
    --quiet: #a2a6b8;
    --line: #343743;
    --accent: #8b9bff;
    --other: #4fd0c7;
    --good: #55cc88;
    --warn: #f0b04c;
    --bad: #ff7a80;
    --tint: 14%;
  }
}

* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 20px; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: break-word;
}
.top, main, footer { max-width: 1020px; margin: 0 auto; padding: 0 28px; }
.top { padding-top: 30px; }
.brand { display: flex; align-items: center; gap: 9px; margin: 0; font-weight: 650; letter-spacing: -0.01em; }
.brand span { color: var(--quiet); font-weight: 400; }
h1 { margin: 34px 0 24px; font-size: clamp(32px, 5.4vw, 50px); line-height: 1.06; letter-spacing: -0.03em; font-weight: 700; overflow-wrap: anywhere; }
h2 { margin: 0 0 16px; font-size: 22px; line-height: 1.25; letter-spacing: -0.015em; }
h3 { margin: 0; font-size: 18px; line-height: 1.35; letter-spacing: -0.01em; }
h4 { margin: 0 0 6px; font-size: 13px; font-weight: 600; color: var(--quiet); }
section { margin: 56px 0 0; }
p { margin: 0 0 12px; }
small { font-size: 0.87em; color: var(--quiet); }
a { color: inherit; text-decoration-color: var(--line); text-decoration-thickness: 1px; text-underline-offset: 3px; }
a:hover { color: var(--accent); text-decoration-color: currentColor; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: var(--mono); font-size: 0.9em; }
pre { margin: 0 0 16px; padding: 14px 18px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); white-space: pre-wrap; overflow-wrap: anywhere; }
pre code { display: block; font-size: 1em; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.nothing { color: var(--quiet); }
.lead { max-width: 78ch; color: var(--quiet); }
.lead b { font-weight: 600; color: var(--ink); }
.lead:has(+ .scenario) { margin-bottom: 24px; }
.checks + .lead { margin-top: 28px; }

/* outcomes: a mark, a word, and only then a colour */
.pass { --tone: var(--good); }
.fail { --tone: var(--bad); }
.unknown { --tone: var(--warn); }
.skipped { --tone: var(--quiet); }
.mark { display: inline-block; width: 1.25em; color: var(--tone); font-weight: 700; text-align: center; }

.verdict {
  display: flex;
  align-items: center;
  gap: 12px 30px;
  flex-wrap: wrap;
  padding: 22px 28px;
  border: 1px solid var(--tone);
  border-radius: 16px;
  background: color-mix(in srgb, var(--tone) var(--tint), var(--paper));
}
.verdict p { margin: 0; }
.word { font-size: 36px; line-height: 1.1; font-weight: 750; letter-spacing: -0.02em; color: var(--tone); white-space: nowrap; }
.counts { flex: 1 1 300px; }
.wrong { flex: 1 0 100%; margin: 0; padding: 0; list-style: none; }
.wrong li { display: grid; grid-template-columns: 1.6em 1fr; padding: 5px 0; border-top: 1px solid color-mix(in srgb, var(--tone) 25%, transparent); }
.wrong small { grid-column: 2; overflow-wrap: anywhere; }
.facts, .quantiles { display: flex; flex-wrap: wrap; margin: 28px 0 0; }
.facts { gap: 14px 44px; padding-top: 20px; border-top: 1px solid var(--line); }
dt { font-size: 13px; color: var(--quiet); }
dd { margin: 1px 0 0; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }

.lab { display: grid; grid-template-columns: minmax(0, 620px) minmax(230px, 1fr); gap: 20px 36px; align-items: start; }
.topology { overflow-x: auto; }
.topology svg { display: block; width: 100%; min-width: 560px; height: auto; }
.machines { font-size: 14px; }
.machines td:last-child { font-family: var(--mono); font-size: 12.5px; text-align: right; }
.machines small { display: block; }

table { width: 100%; border-collapse: collapse; font-size: 15px; line-height: 1.45; }
th { font-weight: inherit; text-align: left; }
thead th { padding: 0 18px 8px 0; font-size: 13px; color: var(--quiet); vertical-align: bottom; }
tbody th, tbody td { padding: 11px 18px 11px 0; border-top: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
.of-mark { width: 28px; padding-right: 8px; }
tbody tr.fail th { font-weight: 600; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.summary td:nth-child(n + 3), .summary th:nth-child(n + 3) { text-align: right; }
.summary td:nth-child(3) { width: 124px; }
.summary th[scope="row"] { min-width: 220px; }
.summary small { white-space: nowrap; }
.bar { position: relative; display: block; width: 96px; height: 5px; margin: 6px 0 0 auto; border-radius: 3px; background: color-mix(in srgb, var(--ink) 12%, transparent); overflow: hidden; }
.bar i { display: block; height: 100%; border-radius: 3px; background: var(--tone, var(--accent)); }
.bar::after { content: ""; position: absolute; top: 0; bottom: 0; left: 66.6%; width: 2px; background: var(--ink); }
.measured { max-width: 92ch; margin: 10px 0 0; font-size: 13px; color: var(--quiet); }
.measured b { font-weight: 600; color: var(--ink); }
.on-paper { display: none; }
.checks th[scope="row"] { width: 46%; }
.checks .evidence { margin: 8px 0 0; }
.versions th[scope="row"] { width: 140px; color: var(--quiet); }
.programs span { margin-right: 18px; white-space: nowrap; }

.weak-points { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 290px), 1fr)); gap: 16px; margin: 0; padding: 0; list-style: none; }
.weak { padding: 20px 22px; border: 1px solid var(--line); border-top: 4px solid var(--warn); border-radius: 12px; background: var(--paper); }
.weak h3 { font-size: 20px; }
.weak ul { margin: 0; padding: 0; list-style: none; }
.weak li { padding: 8px 0 0; }
.cost { margin: 2px 0 6px; color: var(--quiet); }
.cost b { color: var(--ink); font-variant-numeric: tabular-nums; }

.folded { margin: 0 0 8px; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); }
.folded summary { padding: 10px 16px; cursor: pointer; }
.folded summary small { float: right; font-variant-numeric: tabular-nums; }
.folded summary::after { content: ""; display: block; clear: both; }
.folded .scenario { margin: 0; border: 0; border-top: 1px solid var(--line); }
.folded .scenario h3 { display: none; }
.scenario { margin: 0 0 22px; padding: 26px 28px; border: 1px solid var(--line); border-radius: 16px; background: var(--paper); }
.scenario h3 { display: flex; gap: 8px; font-size: 20px; }
.scenario h3 .mark { flex: none; }
.why { max-width: 74ch; margin: 8px 0 0; color: var(--quiet); }
.detail { margin: 16px 0 0; padding: 9px 14px; border-left: 4px solid var(--tone); border-radius: 4px; background: color-mix(in srgb, var(--tone) var(--tint), var(--paper)); overflow-wrap: anywhere; }
.detail b { margin-right: 6px; color: var(--tone); }
.certainty { margin: 10px 0 0; font-size: 14px; }
.expected { display: flex; gap: 8px 14px; margin: 14px 0 0; font-size: 14px; }
.expected h4 { flex: none; margin: 3px 0 0; }
.expected ul { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; padding: 0; list-style: none; }
.expected li { padding: 2px 10px; border: 1px solid var(--line); border-radius: 99px; }
figure { margin: 24px 0 0; }
figcaption { margin-top: 6px; font-size: 13px; line-height: 1.5; color: var(--quiet); max-width: 92ch; }
.quantiles { gap: 10px 34px; margin: 12px 0 0; }
.evidence { margin: 20px 0 0; padding: 0 0 0 14px; border-left: 2px solid var(--line); list-style: none; font: 12.5px/1.6 var(--mono); color: var(--quiet); overflow-wrap: anywhere; white-space: pre-wrap; }
.legend { display: flex; flex-wrap: wrap; gap: 3px 20px; margin: 0 0 4px; padding: 0; list-style: none; font-size: 13px; color: var(--quiet); }
.legend li { display: flex; align-items: center; gap: 5px; }

/* charts: places come from the drawing, colours from here */
.chart { display: block; max-width: 100%; height: auto; overflow: visible; font-family: inherit; font-variant-numeric: tabular-nums; }
.chart.narrow { display: none; }
.chart.key { flex: none; }
.chart.key .first, .chart.key .second, .chart.key .other { stroke-width: 7; }
.chart svg { overflow: visible; }
.chart text { fill: var(--quiet); }
.chart path { fill: none; }
.chart .grid { stroke: var(--line); stroke-opacity: 0.75; stroke-width: 1; }
.chart .outage { fill: var(--bad); fill-opacity: 0.12; }
.chart .outage-words text { fill: var(--bad); font-weight: 650; }
.chart .limit { stroke: var(--quiet); stroke-dasharray: 4 4; stroke-opacity: 0.8; }
.chart .limit-words { font-size: 0.92em; }
.chart .moment { stroke: var(--ink); stroke-opacity: 0.5; stroke-dasharray: 2 3; }
.chart .probe { stroke: var(--quiet); stroke-linecap: round; stroke-width: 3.6; }
.chart .first { stroke: var(--accent); }
.chart .second { stroke: var(--other); }
.chart .probe.late { stroke: var(--quiet); stroke-width: 1.5; }
.chart .probe.slow { stroke: var(--bad); stroke-width: 1.6; }
.chart .probe.wrong { stroke: var(--warn); stroke-width: 1.6; }
.chart .probe.none { stroke: var(--bad); stroke-width: 1.6; }
.chart .span { stroke: none; fill: var(--quiet); fill-opacity: 0.2; }
.chart .span.first { fill: var(--accent); fill-opacity: 0.26; }
.chart .span.second { fill: var(--other); fill-opacity: 0.26; }
.chart .span.quiet { fill-opacity: 0.11; }
.chart .span.bad { fill: var(--bad); fill-opacity: 0.3; }
.chart .span.none { fill: none; stroke: var(--bad); stroke-dasharray: 3 3; stroke-opacity: 0.8; }
.chart .span.strong { fill-opacity: 1; }
.chart .span.fault { fill: var(--ink); fill-opacity: 0.86; }
.chart .frame { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.chart .beam { stroke: var(--line); }
.chart path.beam { fill: var(--ink); fill-opacity: 0.05; }
.chart .says text { fill: var(--ink); }
.chart .says.strong text { fill: var(--paper); font-weight: 600; }
.chart .moment-mark { stroke: var(--quiet); stroke-width: 3; stroke-linecap: round; }
.chart .moment-mark.first { stroke: var(--accent); }
.chart .moment-mark.second { stroke: var(--other); }
.chart .moment-mark.bad { stroke: var(--bad); }
.chart .deed { stroke-linecap: round; stroke-width: 4; stroke: var(--good); }
.chart .deed.unknown { stroke: var(--warn); stroke-width: 1.5; }
.chart .deed.failed { stroke: var(--bad); stroke-width: 1.6; }
.chart .bound { stroke: var(--bad); stroke-width: 2; }
.chart .bound-words text { fill: var(--bad); font-weight: 600; }
.chart .quantile { stroke: var(--quiet); stroke-dasharray: 3 3; }
.chart .run { fill: var(--accent); fill-opacity: 0.75; stroke: var(--paper); }
.chart .phase { fill: var(--accent); }
.chart .phase-1 { fill: var(--other); }
.chart .phase-2 { fill: var(--warn); }
.chart .phase-3 { fill: var(--quiet); }

footer { margin-top: 64px; padding-bottom: 44px; font-size: 14px; color: var(--quiet); }

/* two runs side by side */
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 16px; }
.sides .verdict { align-content: flex-start; gap: 8px 22px; padding: 18px 22px; }
.sides .word { font-size: 28px; }
.side { color: var(--quiet); font-weight: 500; }
.sides + .counts { margin: 18px 0 0; }
.of-change { width: 64px; white-space: nowrap; }
.of-change .mark { width: auto; }
.compared td:nth-child(3) { width: auto; }
.compared .tag { margin-left: 8px; font-size: 0.87em; font-weight: 600; color: var(--tone); white-space: nowrap; }
.compared th small .number { margin-right: 8px; }
.compared th small { line-height: 1.35; white-space: normal; }
.versions:has(th:nth-child(3)) th[scope="row"] { width: 220px; }

/* contents: beside the page where there is room, else marks in a row */
.contents { margin: 28px 0 0; padding-top: 20px; border-top: 1px solid var(--line); font-size: 14px; line-height: 1.4; }
.contents a { text-decoration: none; }
.chapters { display: flex; flex-wrap: wrap; gap: 14px 28px; margin: 0; padding: 0; list-style: none; }
.full { flex: 1 0 100%; }
.chapters > li > a { font-weight: 600; }
.entries { display: flex; flex-wrap: wrap; gap: 5px; margin: 6px 0 0; padding: 0; list-style: none; }
.entries a {
  display: grid;
  place-items: center;
  width: 30px;
  height: 30px;
  border: 1px solid color-mix(in srgb, var(--tone) 45%, var(--paper));
  border-radius: 8px;
  background: color-mix(in srgb, var(--tone) var(--tint), var(--paper));
  color: var(--tone);
  font-weight: 700;
  line-height: 1;
  position: relative;
}
.entries .fail a { background: var(--bad); border-color: var(--bad); color: var(--paper); }
.entries a:hover { border-color: var(--tone); }
.entries .entry { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.filter { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 14px; margin: 0 0 18px; }
.filter[hidden] { display: none; }
.find { flex: 1 1 200px; }
.filter input[type="search"] { width: 100%; padding: 7px 11px; border: 1px solid var(--line); border-radius: 9px; background: var(--paper); color: var(--ink); font: inherit; }
.filter fieldset { display: flex; flex-wrap: wrap; gap: 6px; min-width: 0; margin: 0; padding: 0; border: 0; }
.filter fieldset label { display: flex; align-items: center; gap: 4px; padding: 4px 11px 4px 8px; border: 1px solid var(--line); border-radius: 99px; background: var(--paper); cursor: pointer; font-variant-numeric: tabular-nums; }
.filter fieldset label:has(:checked) { border-color: color-mix(in srgb, var(--tone) 55%, var(--paper)); background: color-mix(in srgb, var(--tone) var(--tint), var(--paper)); }
.filter fieldset label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.filter fieldset input { margin: 0; accent-color: var(--tone); }
.filter p { display: flex; flex: 1 0 auto; align-items: center; justify-content: space-between; gap: 12px; margin: 0; min-height: 30px; }
.filter output { color: var(--quiet); font-variant-numeric: tabular-nums; }
.filter button { margin-left: auto; padding: 5px 12px; border: 1px solid var(--line); border-radius: 9px; background: var(--paper); color: var(--ink); font: inherit; cursor: pointer; }
.filter button[hidden] { display: none; }
.filter button[aria-pressed="true"] { background: var(--ink); color: var(--paper); }
.filter button:hover { border-color: var(--quiet); }
@media screen { .out { display: none !important; } }

@media screen and (min-width: 1240px) {
  :root { --side: max(22px, calc(50vw - 640px)); }
  .top, main, footer { --beside: calc(var(--side) + 268px); }
  body:has(.contents) :is(.top, main, footer) { max-width: none; width: min(1010px, calc(100vw - var(--beside) - 32px)); margin-left: var(--beside); margin-right: 0; padding-left: 8px; padding-right: 0; }
  .contents { position: fixed; top: 0; bottom: 0; left: var(--side); display: flex; flex-direction: column; width: 240px; margin: 0; padding: 22px 0 0; border: 0; font-size: 13px; }
  .filter { display: block; margin: 0; padding: 0 4px 12px; border-bottom: 1px solid var(--line); }
  .filter fieldset { display: grid; grid-template-columns: 1fr 1fr; gap: 5px; margin: 9px 0; }
  .filter fieldset label { gap: 3px; padding: 2px 6px; font-size: 12.5px; white-space: nowrap; }
  .filter .mark { width: 1em; }
  .chapters { flex: 1; display: block; overflow-y: auto; overscroll-behavior: contain; padding: 14px 8px 30px 4px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
  .chapters > li { margin: 0 0 12px; }
  .entries { display: block; margin-top: 3px; }
  .entries a, .entries .fail a { display: flex; align-items: baseline; gap: 5px; width: auto; height: auto; padding: 3px 4px; border: 0; border-radius: 5px; background: none; color: var(--tone); line-height: 1.35; }
  .entries .entry { position: static; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; width: auto; height: auto; clip-path: none; white-space: normal; color: var(--quiet); font-weight: 400; }
  .entries a:hover { background: color-mix(in srgb, var(--ink) 6%, transparent); }
  .entries a:hover .entry, .entries .fail .entry, .entries .unknown .entry { color: var(--ink); }
}

@media screen and (max-width: 760px) {
  .top, main, footer { padding-left: 16px; padding-right: 16px; }
  .scenario { margin-left: -16px; margin-right: -16px; padding: 22px 16px; border-width: 1px 0; border-radius: 0; }
  .folded { margin-left: -16px; margin-right: -16px; border-width: 1px 0; border-radius: 0; }
  .verdict { padding: 18px 20px; }
  .lab { grid-template-columns: minmax(0, 1fr); }
  .topology svg { min-width: 0; }
  section { margin-top: 44px; }
  .chart.wide { display: none; }
  .chart.narrow { display: block; width: 100%; max-width: 520px; margin: 0 auto; }
  .expected { flex-direction: column; }
  .summary thead { display: none; }
  .summary, .summary tbody { display: block; }
  .summary tr { display: grid; grid-template-columns: 30px repeat(2, 1fr); gap: 8px 12px; padding: 14px 0; border-top: 1px solid var(--line); }
  .summary tr > * { padding: 0; border: 0 !important; text-align: left !important; }
  .summary .of-mark { width: auto; }
  .summary th[scope="row"] { grid-column: 2 / -1; min-width: 0; }
  .summary.compared tr { grid-template-columns: 54px repeat(3, auto); }
  .summary.compared tr > td[data-name] { grid-column: auto; width: auto; }
  .summary.compared tr > td[data-name="outage"] { grid-column: 2; }
  .checks.compared tr { grid-template-columns: 54px 1fr; }
  .of-change { width: auto; }
  .summary td[data-name="outage"] { grid-column: 2; width: auto; }
  .summary td[data-name="failed requests"], .summary td[data-name="recovery"] { grid-column: 2; }
  .summary td[data-name]::before { content: attr(data-name); display: block; font-size: 12.5px; color: var(--quiet); }
  .summary .bar { margin-left: 0; }
  .summary td:has(.nothing) { display: none; }
  .checks thead { display: none; }
  .checks, .checks tbody { display: block; }
  .checks tr { display: grid; grid-template-columns: 30px 1fr; padding: 12px 0; border-top: 1px solid var(--line); }
  .checks tr > * { padding: 0; border: 0 !important; }
  .checks .of-mark, .checks th[scope="row"] { width: auto; }
  .checks tr > td:last-child { grid-column: 2; color: var(--quiet); }
  .versions th[scope="row"] { width: 84px; }
}

@page { size: A4; margin: 12mm 13mm; }
@media print {
  :root { color-scheme: light; --ground: #ffffff; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 9.5pt; line-height: 1.45; }
  .top, main, footer { max-width: none; padding: 0; }
  .top { display: flex; align-items: baseline; gap: 0 18px; flex-direction: row-reverse; justify-content: space-between; padding-top: 0; }
  .brand svg { align-self: center; }
  h1 { margin: 0 0 8px; font-size: 20pt; }
  h2 { margin-bottom: 10px; font-size: 15pt; }
  section { margin-top: 24px; }
  /* the first page is the summary: verdict, what failed, the run, the table, machines and versions; all else comes after it */
  main { display: flex; flex-direction: column; }
  main > * { order: 5; }
  .verdict { order: 1; }
  .facts { order: 2; }
  section[aria-labelledby="summary"] { order: 3; }
  .on-paper { display: block; order: 4; margin-top: 10px; break-after: page; font-size: 7.5pt; color: var(--quiet); }
  .on-paper p { margin: 0 0 3px; }
  .on-paper b { color: var(--ink); }
  .wrong li { grid-template-columns: 1.6em minmax(0, 1.3fr) minmax(0, 1fr); gap: 0 8px; padding: 1.5px 0; font-size: 8pt; line-height: 1.35; }
  .wrong small { grid-column: 3; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; overflow: hidden; }
  .wrong li:nth-child(n + 8) { display: none; }
  .wrong:has(li:nth-child(n + 8))::after { content: "… and others: see the table"; color: var(--quiet); }
  .folded:not([open]) { display: none; }
  section:has(> .folded):not(:has(> .folded[open])) { display: none; }
  h2, h3, h4, .why { break-after: avoid; }
  .contents { display: none; }
  .verdict, .weak, tr, .facts, pre, .lead, .lab, .story, .distribution { break-inside: avoid; }
  .verdict { gap: 4px 24px; padding: 10px 16px; border-radius: 10px; font-size: 9pt; }
  .word { font-size: 20pt; }
  .facts { gap: 4px 32px; margin-top: 10px; padding-top: 0; border: 0; }
  .facts dt { font-size: 7.5pt; }
  .lab { grid-template-columns: 98mm 1fr; }
  .topology { overflow: visible; }
  .topology svg { min-width: 0; }
  .machines td, .machines th { padding-top: 6px; padding-bottom: 6px; }
  table { font-size: 8.5pt; }
  section[aria-labelledby="summary"] { margin-top: 12px; }
  section[aria-labelledby="summary"] h2 { margin-bottom: 4px; font-size: 11pt; }
  thead th { font-size: 7.5pt; }
  .summary { font-size: 7.6pt; line-height: 1.3; }
  .summary thead th { padding-bottom: 3px; font-size: 7pt; }
  .summary .bar { display: none; }
  .summary td:nth-child(3) { width: auto; }
  .measured { margin-top: 6px; max-width: none; font-size: 7pt; line-height: 1.35; }
  thead { display: table-header-group; }
  .summary th[scope="row"] { min-width: 0; }
  .summary tbody th, .summary tbody td { padding: 2px 14px 2px 0; }
  .summary tbody td:last-child { padding-right: 0; }
  .checks tbody th, .checks tbody td { padding-top: 7px; padding-bottom: 7px; }
  .weak-points { grid-template-columns: 1fr 1fr; }
  .lead { max-width: none; }
  .scenario { margin: 0 0 16px; padding: 0 0 14px; border: 0; border-bottom: 1px solid var(--line); border-radius: 0; }
  .scenario h3 { font-size: 13pt; }
  .why { max-width: none; margin-top: 3px; }
  .detail { margin-top: 8px; padding: 5px 12px; }
  .expected { margin-top: 8px; font-size: 8.5pt; }
  .expected h4 { margin-top: 0; font-size: 8.5pt; }
  .expected ul { gap: 2px 18px; }
  .expected li { padding: 0; border: 0; }
  figure { margin-top: 10px; }
  figcaption, .legend { font-size: 8pt; }
  figcaption { margin-top: 2px; }
  .evidence { margin-top: 10px; font-size: 7.5pt; line-height: 1.5; }
  a { text-decoration: none; }
  p, li { orphans: 3; widows: 3; }
}
`;
