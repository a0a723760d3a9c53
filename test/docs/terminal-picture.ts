/** Half a terminal: what a line of it says, and how. */
interface Run {
  readonly text: string;
  readonly looks: readonly string[];
}

/** The codes that `styleText` writes, as classes; each ends with a code of its own. */
const LOOKS: ReadonlyMap<number, string> = new Map([
  [1, 'b'],
  [4, 'u'],
  [31, 'red'],
  [33, 'yellow'],
  [36, 'cyan'],
  [90, 'gray'],
]);
const ENDS: ReadonlyMap<number, readonly string[]> = new Map([
  [22, ['b']],
  [24, ['u']],
  [39, ['red', 'yellow', 'cyan', 'gray']],
]);

const fontSize = 14;
const cell = 8.43;
const line = 20;
const margin = 18;
const bar = 34;

/** A text with ANSI colours as an SVG, light on dark. `<title>` and `<desc>` hold it for those who don't see it. */
export function terminalPicture(title: string, ansi: string): string {
  const lines = ansi.trimEnd().split('\n');
  const plainLines = lines.map(withoutColours);
  const columns = Math.max(80, ...plainLines.map(one => one.length));
  const width = Math.ceil(columns * cell + 2 * margin);
  const height = bar + lines.length * line + margin;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title text">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="text">${escaped(plainLines.join('\n'))}</desc>`,
    `<style>text{font:${fontSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}.b{font-weight:700}.u{text-decoration:underline}.red{fill:#ff8f87}.yellow{fill:#f0c674}.cyan{fill:#7fd6e5}.gray{fill:#a9b4c0}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#10151c"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (colour, at) => `<circle cx="${margin + 4 + at * 18}" cy="18" r="5" fill="${colour}"/>`,
    ),
    ...lines.flatMap((one, at) => drawn(one, bar + (at + 0.7) * line)),
    '</svg>',
  ].join('\n')}\n`;
}

/** What the picture says, for a comparison. */
export function textOfPicture(svg: string): string {
  const [, text = ''] = /<desc[^>]*>(.*?)<\/desc>/s.exec(svg) ?? [];
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

export function withoutColours(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- that is what they begin with
  return text.replaceAll(/\u001b\[\d+m/g, '');
}

/** Every run has its own place and length, so that all fonts give the same picture. */
function drawn(text: string, y: number): readonly string[] {
  let column = 0;
  return runsOf(text).flatMap(run => {
    const spaces = run.text.length - run.text.trimStart().length;
    const shown = run.text.trim();
    const x = margin + (column + spaces) * cell;
    column += run.text.length;
    if (shown === '') return [];
    const looks = run.looks.length === 0 ? '' : ` class="${run.looks.join(' ')}"`;
    const length = (shown.length * cell).toFixed(1);
    return [
      `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${looks}>${escaped(shown)}</text>`,
    ];
  });
}

function runsOf(text: string): readonly Run[] {
  let looks: readonly string[] = [];
  // oxlint-disable-next-line eslint/no-control-regex -- that is what they begin with
  return text.split(/\u001b\[(\d+)m/).flatMap((piece, at) => {
    if (at % 2 === 0) return piece === '' ? [] : [{text: piece, looks}];
    const code = Number(piece);
    const begins = LOOKS.get(code);
    looks = begins ? [...looks, begins] : looks.filter(look => !(ENDS.get(code) ?? []).includes(look));
    return [];
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
