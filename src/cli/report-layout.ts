import {styleText} from 'node:util';
import {oneLine} from './print.ts';

/** The looks of a report: few, and none that carries a meaning of its own. */
export type Look = 'title' | 'label' | 'quiet' | 'trouble' | 'wait' | 'link';

export type Paint = (look: Look, text: string) => string;

const LOOKS: Readonly<Record<Look, Parameters<typeof styleText>[0]>> = {
  title: 'bold',
  label: 'cyan',
  quiet: 'gray',
  trouble: ['bold', 'red'],
  wait: ['bold', 'yellow'],
  link: 'underline',
};

export const plain: Paint = (_look, text) => text;

export const always: Paint = (look, text) => styleText(LOOKS[look], text, {validateStream: false});

/** Colours for a terminal, unless the environment (NO_COLOR) says otherwise; none for a file or a pipe. */
export function painter(stream: NodeJS.WriteStream): Paint {
  if (!stream.isTTY) return plain;
  return (look, text) => styleText(LOOKS[look], text, {stream});
}

/** One line of a report: a label, and what stands behind it. Several texts are a list. */
export interface Row {
  readonly label: string;
  readonly text: string | readonly string[];
  readonly look?: Look;
}

const indent = 10;

/** Rows one below the other, texts wrapped behind their labels. Strangers' texts move no cursor. */
export function laidOut(rows: readonly Row[], width: number, paint: Paint): readonly string[] {
  return rows.flatMap(({label, text, look}) => {
    const lines =
      typeof text === 'string'
        ? wrapped(text, width - indent)
        : text.flatMap(one =>
            wrapped(one, width - indent - 2).map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`)),
          );
    return lines.map((line, at) => {
      const before =
        at === 0 ? paint('label', label) + ' '.repeat(indent - label.length) : ' '.repeat(indent);
      return before + (look ? paint(look, line) : line);
    });
  });
}

/** Breaks at spaces; a word that is longer than a line, such as a URL, stays whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of oneLine(text).split(/ +/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
