import {ApiItemContainerMixin, ApiItemKind} from '@microsoft/api-extractor-model';
import {docOf, inlineMembers, type Doc} from './docs.ts';
import type {Shown} from './extract.ts';

/** Types whose members somebody writes by hand, and has to understand. */
const GIVEN = /(?:Options?|Setting|Context|Credentials|Init|Origins)$/;
const TIMED = /(?:Ms|At)$/;
const WITH_MEMBERS: ReadonlySet<ApiItemKind> = new Set([ApiItemKind.Interface, ApiItemKind.Class]);
/** A share is no time. */
const UNIT = /\bmilliseconds?\b|\bms\b|\bepoch\b|\bshare\b/i;

/** Parts of signatures that say nothing by themselves. */
const NAMELESS: ReadonlySet<string> = new Set(['KyCall', 'SendFunction', 'Shortcut']);

/** Types that a signature names and no entry exports: nobody can look them up. */
export function unexported(all: readonly Shown[]): readonly string[] {
  const names = (pattern: RegExp): string[] =>
    all.flatMap(({report}) => [...report.matchAll(pattern)].map(([, name = '']) => name));
  const exported = new Set(names(/^export (?:declare )?\w+ (\w+)/gm));
  const named = new Set(names(/^(?:declare )?(?:interface|type|class) (\w+)/gm));
  return [...named].filter(name => !exported.has(name) && !NAMELESS.has(name));
}

/** What an entry exports and does not explain, each in one line. */
export function gaps({entry, api, declarations}: Shown): readonly string[] {
  return api.members.flatMap(item => {
    const own = docOf(item);
    const lacking = isEmpty(own) ? [`${entry.name}: ${item.displayName} has no docstring`] : [];
    if (!WITH_MEMBERS.has(item.kind) || !ApiItemContainerMixin.isBaseClassOf(item)) return lacking;
    const given = GIVEN.test(item.displayName);
    const file = (item as {fileUrlPath?: string}).fileUrlPath ?? '';
    const members = item.members.flatMap(member => {
      const doc = docOf(member);
      const inline = inlineMembers(declarations(file), item.displayName, member.displayName);
      // The docstring of the whole may say enough about what is written within it.
      const within = inline.map(one => {
        const text = `${one.doc.text} ${doc.text}`.trim();
        return {name: `${member.displayName}.${one.name}`, doc: {...one.doc, text}};
      });
      return [{name: member.displayName, doc}, ...within];
    });
    const owner = `${entry.name}: ${item.displayName}`;
    return [...lacking, ...members.flatMap(member => gapOf(owner, given, own, member))];
  });
}

function gapOf(
  owner: string,
  given: boolean,
  about: Doc,
  {name, doc}: {readonly name: string; readonly doc: Doc},
): readonly string[] {
  if (given && isEmpty(doc)) return [`${owner}.${name} has no docstring`];
  const said = `${doc.text} ${doc.default ?? ''} ${about.text}`;
  return TIMED.test(name) && !UNIT.test(said) ? [`${owner}.${name} names no unit`] : [];
}

function isEmpty({text, default: byDefault, see}: Doc): boolean {
  return text === '' && byDefault === undefined && see.length === 0;
}
