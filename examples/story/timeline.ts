import {styleText} from 'node:util';
import type {Policy} from 'smartcar-policy';

/** Prints what happens, with the seconds since the story began. Colours are left out where they can't be shown. */
export interface Timeline {
  readonly chapter: (title: string, sentence: string) => void;
  readonly say: (text: string) => void;
  readonly good: (text: string) => void;
  readonly bad: (text: string) => void;
}

type Style = Parameters<typeof styleText>[0];

export function createTimeline(print: (line: string) => void): Timeline {
  const began = performance.now();
  const line = (style: Style, mark: string, text: string): void => {
    const at = `${((performance.now() - began) / 1000).toFixed(2).padStart(6)} s`;
    print(`${styleText('dim', at)}  ${styleText(style, mark)} ${text}`);
  };
  return {
    chapter(title, sentence) {
      print(`\n${styleText('bold', title)}\n${styleText('dim', sentence)}`);
    },
    say: text => line('cyan', '·', text),
    good: text => line('green', '✓', text),
    bad: text => line('red', '✗', text),
  };
}

/** Lets a policy tell its own story through its events. */
export function narrate(policy: Policy, {say, bad}: Timeline): void {
  let refused = 0;
  policy.on('decision', ({operation, attempt, action, reason, failure, delayMs}) => {
    // Twenty lines that say the same are one line and a number.
    if (action === 'refresh' && ++refused > 1) return;
    const what = [failure.type ?? failure.code, failure.type && failure.code].filter(Boolean).join(':');
    const wait = delayMs === undefined ? '' : ` in ${delayMs} ms`;
    bad(
      `${operation} #${attempt}: ${failure.status ?? ''} ${what} → ${styleText('yellow', action + wait)} (${reason})`,
    );
  });
  policy.on('refresh', ({outcome, user}) =>
    say(`refresh of ${user ?? 'the application'}'s token: ${outcome}`),
  );
  policy.on('pause', ({scope, until}) => say(`gate of ${short(scope)} closed until ${clockTime(until)}`));
  policy.on('resume', ({scope}) => say(`gate of ${short(scope)} open again`));
  policy.on('reauth', ({scope, userMessage, connectUrl}) => {
    say(`reauth event (scope: ${scope}). To the owner: "${userMessage}"`);
    say(`link: ${short(connectUrl ?? 'none')}`);
  });
  policy.on('reauth-resolved', ({by}) => say(`reauth-resolved (by: ${by})`));
}

/** Ids and long parameters make lines hard to read. */
function short(text: string): string {
  return text.replaceAll(/([\da-f]{8})-[\da-f-]{27}/g, '$1…').replaceAll(/(state=.{8})[^&]*/g, '$1…');
}

function clockTime(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 23);
}
