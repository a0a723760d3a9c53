import {type FailedPart, type Part, REASONS} from '../index.ts';
import {type Answer, failedOf, rankOf} from './explain-answer.ts';
import {type Look, type Paint, type Row, laidOut, wrapped} from './report-layout.ts';
import {type Told, actorOf, momentOf, policyOf, titleOf} from './report-words.ts';

/** How it is put on paper. */
export interface Paper {
  /** Epoch ms. */
  readonly now: number;
  readonly width: number;
  readonly paint: Paint;
  /** A BCP 47 tag: the time is told in its way too. */
  readonly locale?: string;
}

/** What happened, why, who has to act and what the policy does, for people. */
export function report(answer: Answer, paper: Paper): string {
  const {explanation, parts, takenForRead} = answer;
  const lines = parts
    ? ofParts(parts, paper)
    : section(titleOf(explanation.failure), explanation, paper, takenForRead);
  return `${lines.join('\n')}\n`;
}

function section(
  title: string,
  told: Told,
  {now, width, paint, locale}: Paper,
  takenForRead = false,
): readonly string[] {
  const {reason, failure, retryAt, userMessage, docUrl, connectUrl} = told;
  const again = retryAt === undefined ? undefined : momentOf(retryAt, now, locale);
  const advice = [
    ...adviceOf(told),
    ...(takenForRead
      ? ['Judged as a read, which may be repeated: of a command, give --method and --url.']
      : []),
  ];
  const rows: readonly (Row | undefined)[] = [
    failure.description === undefined ? undefined : {label: 'what', text: failure.description},
    {label: 'why', text: `${REASONS[reason]} (${reason})`},
    {label: 'who acts', text: actorOf(told)},
    {label: 'policy', text: policyOf(told, now)},
    again === undefined ? undefined : {label: 'again', text: again},
    reason === 'outcome-unknown' ? {label: 'effect', text: 'unknown: the car may have done it'} : undefined,
    {label: 'owner', text: userMessage},
    connectUrl === undefined || userMessage.includes(connectUrl)
      ? undefined
      : {label: 'link', text: connectUrl},
    advice.length > 0 ? {label: 'hints', text: advice} : undefined,
    failure.requestId === undefined ? undefined : {label: 'request', text: failure.requestId, look: 'quiet'},
    docUrl === undefined ? undefined : {label: 'more', text: docUrl, look: 'link'},
  ];
  const known = rows.filter(row => row !== undefined);
  return [...wrapped(title, width).map(line => paint(lookOf(told), line)), ...laidOut(known, width, paint)];
}

/** Red where it ends here, yellow where it goes on. */
function lookOf({action}: Told): Look {
  return action === 'retry' || action === 'refresh' ? 'wait' : 'trouble';
}

/** The hints without those that stand in rows of their own. */
function adviceOf({hints, reason}: Told): readonly string[] {
  return hints.filter(hint => hint !== REASONS[reason] && !/^(?:Smartcar|It) says: /.test(hint));
}

function ofParts(parts: readonly Part[], paper: Paper): readonly string[] {
  const failed = failedOf(parts);
  const others = parts.filter(part => part.state !== 'failed');
  const {paint, width} = paper;
  const count = `${failed.length} of ${parts.length} ${parts.length === 1 ? 'part' : 'parts'} failed`;
  const rest = (['ok', 'unavailable'] as const).flatMap(state => {
    const names = others.filter(part => part.state === state).map(({name}) => name);
    return names.length === 0 ? [] : [{label: state === 'ok' ? 'ok' : 'no data', text: listed(names)}];
  });
  const groups = alike(failed).toSorted(([one], [other]) => rankOf(one.needs) - rankOf(other.needs));
  return [
    paint('title', count),
    ...laidOut(rest, width, paint),
    ...groups.flatMap(group => ['', ...ofGroup(group, paper)]),
  ];
}

/** Parts that failed in the same way are told of once. */
type Group = readonly [FailedPart, ...FailedPart[]];

function alike(failed: readonly FailedPart[]): readonly Group[] {
  const groups = new Map<string, [FailedPart, ...FailedPart[]]>();
  for (const part of failed) {
    const {action, reason, failure} = part;
    const key = JSON.stringify([action, reason, titleOf(failure), failure.description]);
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  return [...groups.values()];
}

function ofGroup(group: Group, paper: Paper): readonly string[] {
  const [first, ...others] = group;
  const retryAt = group.reduce<number | undefined>(
    (most, {retryAt: at}) => (at !== undefined && at > (most ?? 0) ? at : most),
    undefined,
  );
  const told: Told = {
    ...first,
    ...(retryAt !== undefined && {retryAt}),
    userMessage: others.length === 0 ? first.userMessage : `${first.userMessage} (for the others alike)`,
  };
  return section(`${listed(group.map(({name}) => name))}: ${titleOf(first.failure)}`, told, paper);
}

const mostNames = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ');
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}
