import { html, type Markup, type Piece, trusted } from './markup.js';
import { script, scriptDigest } from './script.js';
import { style } from './style.js';

/** Nothing is ever loaded, and nothing runs but the page's own script: not even what somebody might smuggle into a lab's title. */
const policy = `default-src 'none'; script-src 'sha256-${scriptDigest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;

const logo = trusted(
  '<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#3b4fd8"/><g stroke="#fff" stroke-width="2" stroke-linecap="round"><path d="M9 9l7 7M9 23l7-7M16 16h8"/></g><g fill="#fff"><circle cx="8.5" cy="8.5" r="3.2"/><circle cx="8.5" cy="23.5" r="3.2"/><circle cx="16" cy="16" r="3.2"/><circle cx="24.5" cy="16" r="3.2"/></g></svg>',
);

export interface Page {
  /** Of the browser's tab. */
  readonly title: string;
  /** What kind of page it is, beside the name of Quintet. */
  readonly kind: string;
  readonly heading: string;
  readonly quintet: string | undefined;
  readonly main: Piece;
  /** What it was made from. */
  readonly source: Piece;
}

/** One file that needs nothing else, for screens light and dark, phones, and paper. */
export const page = ({ title, kind, heading, quintet, main, source }: Page): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Quintet ${quintet}">
<title>${title} · Quintet</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
<script type="module">${trusted(script)}</script>
</head>
<body>
<header class="top">
<p class="brand">${logo} Quintet <span>${kind}</span></p>
<h1>${heading}</h1>
</header>
<main>
${main}
</main>
<footer><p>Made by Quintet ${quintet} from ${source}. Nothing on this page is loaded from elsewhere.</p></footer>
</body>
</html>
`;
