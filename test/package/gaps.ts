import {ApiItemContainerMixin, ApiItemKind} from '@microsoft/api-extractor-model';
import {docOf, inlineMembers, type Doc} from './docs.ts';
import type {Shown} from './extract.ts';

/** Types whose members somebody writes by hand, and has to understand. */
const GIVEN = /(?:Options?|Setting|Context|Credentials|Init|Origins)$/;
const TIMED = /(?:Ms|At)$/;
/** A share is no time. */
const UNIT = /\bmilliseconds?\b|\bms\b|\bepoch\b|\bshare\b/i;

/** What an entry exports and does not explain, each in one line. */
export function gaps({entry, api, declarations}: Shown): readonly string[] {
  return api.members.flatMap(item => {
    const own = docOf(item);
    const lacking = isEmpty(own) ? [`${entry.name}: ${item.displayName} has no docstring`] : [];
    if (item.kind !== ApiItemKind.Interface || !ApiItemContainerMixin.isBaseClassOf(item)) return lacking;
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
