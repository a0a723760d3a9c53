import {CATALOGUE, type Row} from '../../src/core/catalogue/catalogue.ts';

/** The dialects of calls to cars, of v2's tokens and of the network; the others add nothing to these rows. */
const SHOWN = new Set(['2.0', '3', 'oauth-v2', 'network']);

/** README's table of what happens when a call fails: the catalogue's rows, those alike in one. */
export function failureTable(): string {
  const groups = new Map<string, Row[]>();
  for (const row of CATALOGUE) {
    if (!SHOWN.has(row.api) || (row.type === null && row.api !== 'network')) continue;
    const key = [whatHappens(row), whoActs(row)].join(' | ');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const lines = [...groups]
    .toSorted(([, [one]], [, [other]]) => rank(one) - rank(other))
    .map(([key, rows]) => `| ${namesOf(rows)} | ${key} |`);
  return ['| what comes | what the policy does | who acts |', '| --- | --- | --- |', ...lines].join('\n');
}

const ORDER: readonly Row['action'][] = ['retry', 'refresh', 'reauthenticate', 'fail'];

const rank = (row: Row | undefined): number => (row ? ORDER.indexOf(row.action) : 0);

function whatHappens(row: Row): string {
  switch (row.action) {
    case 'refresh':
      return 'renews the token once, for all callers, and repeats; a fresh token that is refused fails';
    case 'reauthenticate':
      return `one \`reauth\` event with a link; parks ${PARKED[row.scope]}, no more`;
    case 'fail':
      if (row.needs === 'nobody') return 'fails: after a start of charging, the goal is reached';
      return row.type === 'BILLING' ? `fails, whatever \`resolution\` says; shuts ${heldBy(row)}` : 'fails';
    case 'retry':
      return `${gate(row)}${rhythm(row)}${row.effect === 'possible' ? COMMANDS : ''}`;
  }
}

/** The gate that a limit of the plan shuts. */
const heldBy = ({scope}: Row): string =>
  scope === 'call' ? 'the gate of that ability' : scope === 'vehicle' ? "the car's gate" : 'the gate of all';

const PARKED: Readonly<Record<Row['scope'], string>> = {
  permission: 'that permission of that car',
  vehicle: 'the car',
  user: 'the user',
  application: 'the user',
  call: 'nothing',
};

const COMMANDS = '; a command is not sent again (`outcome-unknown`)';

function gate({scope, pace}: Row): string {
  if (pace === 'backoff' && scope !== 'application' && scope !== 'user') return '';
  if (scope === 'vehicle') return "shuts the car's gate; ";
  return scope === 'application' || scope === 'user' ? 'shuts the gate; ' : '';
}

function rhythm({pace}: Row): string {
  if (pace === 'told') return 'then one call probes, the rest follow at the pace that was told';
  return pace === 'minutes'
    ? 'repeats minutes apart, or ends at once with `retryAt`'
    : 'repeats with jittered backoff';
}

function whoActs({needs, ifPersists}: Row): string {
  return ifPersists === undefined || ifPersists === needs ? needs : `${needs}, then ${ifPersists}`;
}

/** Of many codes of the network, which say the same. */
function fewOf(codes: readonly (string | null)[]): string {
  return `${codes
    .slice(0, 3)
    .map(code => `\`${code}\``)
    .join(', ')} and the like`;
}

/** `TYPE`, where all of its codes are here; else `TYPE`: the codes. */
function namesOf(rows: readonly Row[]): string {
  const types = [...new Set(rows.map(({type}) => type))];
  return types
    .map(type => {
      const codes = [...new Set(rows.filter(row => row.type === type).map(({code}) => code))];
      const all = CATALOGUE.filter(row => SHOWN.has(row.api) && row.type === type);
      const listed = codes.map(code => (code === null ? 'no code' : `\`${code}\``)).join(', ');
      if (type === null)
        return `${rows[0]?.effect === 'none' ? 'no connection' : 'a lost connection'}: ${fewOf(codes)}`;
      if (new Set(all.map(({code}) => code)).size === codes.length) return `\`${type}\``;
      return `\`${type}\`: ${listed}`;
    })
    .join('; ');
}
