const ESC = '\\u001B';
/** Colours, moves of the cursor, titles and links of a terminal. */
const TERMINAL = new RegExp(
  `(?:${ESC}\\[|\\u009B)[0-?]*[ -/]*[@-~]|${ESC}\\][^\\u0007\\u001B]*(?:\\u0007|${ESC}\\\\)?|${ESC}[@-Z\\\\-_]?`,
  'g',
);
/** Marks that turn the direction of the words around them. */
const TURNS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Words of a stranger as they may be shown: on one line, with nothing in them that steers a terminal or a page. */
export function plainText(text: string): string {
  if (isPlain(text)) return text;
  return text
    .replace(TERMINAL, '')
    .replace(TURNS, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** Most texts are: a look at their letters costs less than the expressions above. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index);
    if (letter < 0x20 || (letter > 0x7e && letter < 0xa1) || letter > 0x24f) return false;
  }
  return !/^ | $| {2}/.test(text);
}
