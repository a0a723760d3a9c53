import {
  ApiDeclaredItem,
  ApiItemContainerMixin,
  ApiItemKind,
  ApiOptionalMixin,
  type ApiItem,
} from '@microsoft/api-extractor-model';
import {docIn, docOf, inlineMembers, type Doc} from './docs.ts';
import type {Shown} from './extract.ts';

/** Of 128, less two for a line break within a paragraph. */
const WIDTH = 126;

/** One readable page of everything that an entry exports. */
export function page({entry, api, declarations}: Shown): string {
  const groups = GROUPS.map(([title, kinds]) => ({
    title,
    items: api.members.filter(({kind}) => kinds.includes(kind)),
  })).filter(({items}) => items.length > 0);
  const anchorOf = anchors();
  const contents = groups.map(({title, items}) =>
    wrapped(items.map(({displayName}) => `[${displayName}](#${anchorOf(displayName)})`).join(', '), title),
  );
  const sections = groups.flatMap(({title, items}) => [
    `## ${title}`,
    ...items.flatMap(item => section(item, declarations)),
  ]);
  return `${[`# \`${entry.specifier}\``, WRITTEN, ...contents, ...sections].join('\n\n')}\n`;
}

const WRITTEN = '<!-- Written by `npm run api`, from the docstrings of the sources. -->';

const GROUPS: readonly (readonly [string, readonly ApiItemKind[]])[] = [
  ['Functions and values', [ApiItemKind.Function, ApiItemKind.Variable, ApiItemKind.Class]],
  ['Types', [ApiItemKind.Interface, ApiItemKind.TypeAlias, ApiItemKind.Enum]],
];

/** As GitHub makes them of headings: a name that comes again, in whichever case, is numbered. */
function anchors(): (name: string) => string {
  const seen = new Map<string, number>();
  return name => {
    const plain = name.toLowerCase().replaceAll(/[^\w-]/g, '');
    const before = seen.get(plain) ?? 0;
    seen.set(plain, before + 1);
    return before === 0 ? plain : `${plain}-${before}`;
  };
}

function section(item: ApiItem, declarations: Shown['declarations']): string[] {
  const doc = docOf(item);
  return [
    `### \`${item.displayName}\``,
    ...(doc.text ? [prose(doc.text)] : []),
    fenced(signatureOf(item)),
    ...details(doc),
    ...membersOf(item)
      .map(member => listed(item, member, declarations))
      .filter(text => text !== ''),
  ];
}

function details({params, throws, see, examples, default: byDefault}: Doc, indent = ''): string[] {
  return [
    ...params.map(text => `Takes ${text}`),
    ...(byDefault === undefined ? [] : [`Default: ${code(byDefault)}`]),
    ...throws.map(text => `Throws ${text}`),
    ...see.map(text => `See ${text}`),
  ]
    .map(text => prose(text, indent))
    .concat(examples.map(example => fenced(example, indent)));
}

function listed(owner: ApiItem, member: ApiItem, declarations: Shown['declarations']): string {
  const file = owner instanceof ApiDeclaredItem ? (owner.fileUrlPath ?? '') : '';
  const inline = inlineMembers(declarations(file), owner.displayName, member.displayName);
  const signature = inline.length > 0 ? `${nameOf(member)}: {…}` : signatureOf(member);
  return [
    entryOf(signature, member.kind === ApiItemKind.Constructor ? NO_DOC : docOf(member), ''),
    ...inline.map(one => entryOf(one.signature.replace(/^readonly /, ''), one.doc, '  ')),
  ].join('\n');
}

/** Of a constructor the model makes up a sentence. */
const NO_DOC = docIn('');

function nameOf(member: ApiItem): string {
  return member.displayName + (ApiOptionalMixin.isBaseClassOf(member) && member.isOptional ? '?' : '');
}

/** One point of a list: the signature, and what is said of it. */
function entryOf(signature: string, doc: Doc, indent: string): string {
  const inner = `${indent}  `;
  const said = [doc.text, doc.default === undefined ? '' : `Default: ${code(doc.default)}`].filter(
    text => text !== '',
  );
  const {default: _said, ...others} = doc;
  const rest = details(others, inner);
  const short = !signature.includes('\n') && signature.length < 100;
  const head = short
    ? [prose([`\`${signature}\``, ...said].join('  \n'), inner)]
    : [fenced(signature, inner), ...said.map(text => prose(text, inner))];
  return `${indent}- ${[...head, ...rest].join('\n\n').trimStart()}`;
}

function membersOf(item: ApiItem): readonly ApiItem[] {
  return ApiItemContainerMixin.isBaseClassOf(item) ? item.members : [];
}

/** Without what is true of all: exported, declared, read only. */
function signatureOf(item: ApiItem): string {
  if (!(item instanceof ApiDeclaredItem)) return item.displayName;
  const text = item.excerpt.text
    .replace(/^export (declare )?/, '')
    .replace(/^readonly /, '')
    .replace(/;$/, '')
    .trim();
  // A member stands deeper in its declaration than here.
  const own = membersAreAbove(item) ? text.replaceAll(/\n {4}/g, '\n') : text;
  return own.replaceAll('    ', '  ').split('\n').map(unions).join('\n');
}

const membersAreAbove = ({parent}: ApiItem): boolean => parent?.kind !== ApiItemKind.EntryPoint;

/** A long choice is set one under the other. */
function unions(line: string): string {
  if (line.length <= WIDTH) return line;
  const margin = /^ */.exec(line)?.[0] ?? '';
  return line.split(' | ').join(`\n${margin}  | `);
}

/** A value is set as code; a sentence, or what begins with code, stays one. */
function code(text: string): string {
  if (text === 'none' || text === 'never') return text;
  return /^[\w.'"[{(-][^\s]*$|^\{.*\}$/.test(text) && !text.includes('`') ? `\`${text}\`` : text;
}

/** `typescript`, since the blocks marked `ts` are compiled by a test, and these are parts. */
function fenced(text: string, indent = ''): string {
  return ['```typescript', ...text.split('\n'), '```']
    .map(line => (line === '' ? '' : indent + line))
    .join('\n');
}

function prose(text: string, indent = ''): string {
  return text
    .split(/\n{2,}/)
    .map(paragraph =>
      paragraph
        .split(/ {2}\n/)
        .map(part => fill(part.split(/\s+/), indent))
        .join('  \n'),
    )
    .join('\n\n');
}

function wrapped(text: string, title: string): string {
  return fill([...`${title}:`.split(' '), ...text.split(/(?<=,) /)], '');
}

function fill(words: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words.filter(one => one !== '')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map(one => indent + one).join('\n');
}
