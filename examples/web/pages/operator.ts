import type {Episode, GateState, PolicyLimits} from 'smartcar-policy';
import {html} from 'hono/html';
import {attemptsChart, reasonsChart} from '../charts.ts';
import {OUTCOMES, type Entry, type Ledger} from '../ledger.ts';
import type {Drawn} from '../live.ts';
import {clockTime, countdown, layout, region, type Markup} from './layout.ts';

/** The counts, each with what it means. */
export function numbers(
  {attempts, ended, refreshes, webhooks}: Ledger,
  {asked, answered}: {readonly asked: number; readonly answered: number},
  {application, retriesLeft}: PolicyLimits,
): Markup {
  const {rate} = application;
  const {renewed, reused, failed, dead} = refreshes;
  const rows: readonly (readonly [string, string])[] = [
    ['Reads that this server asked for', String(asked)],
    ['Requests sent to Smartcar', String(attempts)],
    // An event ends each call of the policy; reads that shared one were answered without an event of their own.
    ['Reads saved: answered by the request of another', String(Math.max(0, answered - ended))],
    ['Reads under way or waiting', String(asked - answered)],
    ['Token refreshes', `${renewed} renewed, ${reused} shared, ${failed} failed, ${dead} dead`],
    ['Webhooks', `${webhooks.accepted} accepted, ${webhooks.rejected} rejected`],
    [
      'Retries left in the budget',
      retriesLeft === undefined ? 'not bounded' : String(Math.floor(retriesLeft)),
    ],
    [
      'Rate of the application',
      rate
        ? `${round(rate.perMinute)} a minute (${rate.source}), ${Math.floor(rate.available)} at once now`
        : 'none learned: Smartcar has refused nothing',
    ],
  ];
  return html`<dl class="numbers">
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export function episodesTable(
  episodes: readonly Episode[],
  nameOf: (car: string) => string | undefined,
): Markup {
  if (episodes.length === 0) return html`<p class="quiet">None: no owner has to come back.</p>`;
  return table(
    ['Owner', 'Concerns', 'Reason', 'Since'],
    episodes.map(({user, scope, vehicle, permission, reason, since}) => [
      user,
      [scope, vehicle === undefined ? '' : (nameOf(vehicle) ?? vehicle), permission ?? ''].join(' ').trim(),
      reason,
      clockTime(since),
    ]),
  );
}

export function gatesTable(
  {application, scopes}: PolicyLimits,
  nameOf: (car: string) => string | undefined,
): Markup {
  const named = (scope: string): string => {
    const name = nameOf(scope.slice(scope.indexOf(':') + 1));
    return name === undefined ? scope : `vehicle ${name}`;
  };
  const closed = [application, ...scopes].filter(({until, rate, scope}) =>
    scope === 'application' ? until !== undefined : until !== undefined || rate !== undefined,
  );
  if (closed.length === 0) return html`<p class="quiet">None: everything is open.</p>`;
  return table(
    ['Scope', 'Reason', 'Opens', 'Waiting', 'Pace'],
    closed.map(({scope, reason, until, waiting, rate}: GateState) => [
      named(scope),
      reason ?? '',
      until === undefined ? 'open' : countdown(until),
      String(waiting),
      rate ? `${round(rate.perMinute)} a minute` : '',
    ]),
  );
}

export function entriesTable(entries: readonly Entry[]): Markup {
  if (entries.length === 0) return html`<p class="quiet">None yet: nothing has failed.</p>`;
  return table(
    ['Time', 'What', 'Call', 'Reason', 'Failure', 'Then'],
    entries.map(({at, kind, event}) => [
      clockTime(at),
      kind === 'fail' ? 'call ended' : event.action,
      `${event.call} ${event.operation ?? ''}`,
      event.reason,
      [event.failure.type, event.failure.code].filter(Boolean).join(':'),
      then(event),
    ]),
  );
}

function then(event: Entry['event']): Markup | string {
  if ('delayMs' in event && event.delayMs !== undefined) return `again in ${Math.round(event.delayMs)} ms`;
  if (event.retryAt !== undefined) return html`makes sense at ${clockTime(event.retryAt)}`;
  return event.needs === 'nobody' ? '' : `up to: ${event.needs}`;
}

/** The same numbers as the chart, for those who do not see it. */
export function attemptsTable(ledger: Ledger): Markup {
  const sums = OUTCOMES.map(outcome => {
    const counts = ledger.bars().filter(bar => bar.outcome === outcome);
    return [outcome, String(counts.reduce((sum, {count}) => sum + count, 0))];
  });
  return table(['Outcome', 'Attempts in five minutes'], sums);
}

export const attempts = (ledger: Ledger): Markup => attemptsChart(ledger.bars(), Date.now());
export const reasons = (ledger: Ledger): Markup => reasonsChart(ledger.reasons);

/** Wider than a telephone, perhaps: it stands in a frame that scrolls, also with the keyboard. */
function table(heads: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  return html`<table>
    <thead>
      <tr>
        ${heads.map(head => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        row =>
          html`<tr>
            ${row.map(cell => html`<td>${typeof cell === 'string' ? breakable(cell) : cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Codes and paths have no spaces at which a narrow column could break them. */
function breakable(text: string): Markup {
  return html`${text.split(/(?<=[_:/])/).map((part, at) => (at === 0 ? part : html`<wbr />${part}`))}`;
}

export function operatorPage(drawn: ReadonlyMap<string, Drawn>): Markup {
  const frame = (id: string, name: string): Markup =>
    html`<section aria-labelledby="${id}-name">
      <h2 id="${id}-name">${name}</h2>
      <div class="frame" tabindex="0" role="group" aria-labelledby="${id}-name">${region(drawn, id)}</div>
    </section>`;
  return layout({
    title: 'Operator',
    path: '/operator',
    body: html`
      <section aria-labelledby="numbers-name">
        <h2 id="numbers-name">Now</h2>
        ${region(drawn, 'numbers')}
      </section>
      ${frame('episodes', 'Owners who have to come back')} ${frame('gates', 'Gates and paces')}
      <div class="charts">
        <section aria-labelledby="attempts-name">
          <h2 id="attempts-name">Attempts by outcome</h2>
          ${region(drawn, 'attempts')}
          <ul class="legend">
            ${OUTCOMES.map(outcome => html`<li class="${outcome}">${outcome}</li>`)}
          </ul>
          <details>
            <summary>As a table</summary>
            ${region(drawn, 'attempts-table')}
          </details>
        </section>
        <section aria-labelledby="reasons-name">
          <h2 id="reasons-name">Decisions by reason</h2>
          ${region(drawn, 'reasons')}
        </section>
      </div>
      ${frame('entries', 'The last hundred decisions and failed calls')}
    `,
  });
}
