import {ApiDocumentedItem, type ApiItem} from '@microsoft/api-extractor-model';

/** A docstring taken apart. */
export interface Doc {
  readonly text: string;
  readonly params: readonly string[];
  readonly throws: readonly string[];
  readonly examples: readonly string[];
  readonly default?: string;
  readonly see: readonly string[];
}

const TAG = /(?:^|\s)@(default|example|param|returns|see|throws)\b[ \t]*/;

/** The docstring of one export or member. */
export function docOf(item: ApiItem): Doc {
  const comment = item instanceof ApiDocumentedItem ? item.tsdocComment?.emitAsTsdoc() : undefined;
  return docIn(comment ?? '');
}

/** The docstring in a comment, with its stars. */
export function docIn(comment: string): Doc {
  const plain = comment
    .replace(/^\s*\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .replaceAll(/^[ \t]*\*[ \t]?/gm, '')
    .trim();
  const [text = '', ...tagged] = plain.split(TAG);
  const of = (tag: string): string[] =>
    tagged.flatMap((part, at) => (part === tag && at % 2 === 0 ? [(tagged[at + 1] ?? '').trim()] : []));
  const [byDefault] = of('default');
  return {
    text: text.trim(),
    params: of('param'),
    throws: of('throws'),
    examples: of('example'),
    see: of('see'),
    ...(byDefault !== undefined && {default: byDefault}),
  };
}

export interface InlineMember {
  readonly name: string;
  readonly signature: string;
  readonly doc: Doc;
}

const MEMBER = /(\/\*\*[\s\S]*?\*\/)?\s*((?:readonly )?(['"\w-]+)\??(?:\([^;]*?\))?: [^;]*);/g;

/**
 * The members of an object that is written where it is used, which the model keeps as a text without docstrings: read
 * from the declaration itself.
 */
export function inlineMembers(declarations: string, owner: string, name: string): readonly InlineMember[] {
  const from = declarations.search(new RegExp(`\\binterface ${owner}\\b`));
  const escaped = name.replaceAll(/[^\w]/g, '\\$&');
  const opening = new RegExp(`\\n    (?:readonly )?['"]?${escaped}['"]?\\??: \\{`, 'g');
  opening.lastIndex = Math.max(from, 0);
  const found = opening.exec(declarations);
  if (from < 0 || !found) return [];
  const body = declarations.slice(found.index + found[0].length).split(/\n    \}/, 1)[0] ?? '';
  return [...body.matchAll(MEMBER)].map(([, comment = '', signature = '', own = '']) => ({
    name: own,
    signature: signature.replaceAll(/\s+/g, ' '),
    doc: docIn(comment),
  }));
}
