import {plainText} from '../plain-text.ts';

/** What a placeholder of the server's stands for; the words in it have changed before. */
const PLACEHOLDERS: readonly (readonly [RegExp, 'appName' | 'connectUrl'])[] = [
  [/^(?:your )?(?:app|application|company)(?: name)?$/i, 'appName'],
  [/^(?:link to )?(?:smartcar )?connect(?: link)?$/i, 'connectUrl'],
];

/** Evidence holds no longer ones: this one was cut, perhaps in the middle of a word. */
const CUT = 500;

/**
 * The server's `suggestedUserMessage` with `<app name>` and `<link to Smartcar Connect>` filled in; `undefined` where
 * one of its placeholders can't be: half a sentence is worse than one of our own.
 *
 * Source: https://smartcar.com/docs/api-reference/api-errors
 */
export function filled(
  suggested: string,
  values: {readonly appName?: string | undefined; readonly connectUrl?: string | undefined},
): string | undefined {
  if (suggested.length >= CUT) return undefined;
  let complete = true;
  const text = plainText(suggested).replace(/<([^<>]{1,80})>/g, (_whole, words: string) => {
    const name = PLACEHOLDERS.find(([pattern]) => pattern.test(words.trim()))?.[1];
    const value = name && values[name];
    complete &&= value !== undefined;
    return value ?? '';
  });
  return complete && !/[<>]/.test(text) && text.trim() !== '' ? text.trim() : undefined;
}
