const ESC = '\\u001B';
/** Colours, moves of the cursor, titles and links of a terminal. */
const TERMINAL = new RegExp(
  `(?:${ESC}\\[|\\u009B)[0-?]*[ -/]*[@-~]|${ESC}\\][^\\u0007\\u001B]*(?:\\u0007|${ESC}\\\\)?|${ESC}[@-Z\\\\-_]?`,
  'g',
);
/** Marks that turn the direction of the words around them. */
const TURNS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Most texts have none of it: one look for it costs less than the expressions above. */
const NOT_PLAIN = /[^ -~\u00A1-\u024F]|^ | $| {2}/;

/** Words of a stranger as they may be shown: on one line, with nothing in them that steers a terminal or a page. */
export function plainText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text
    .replace(TERMINAL, '')
    .replace(TURNS, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}
