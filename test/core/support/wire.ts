import type {ReadContext} from '../../../src/core/evidence/evidence.ts';
import type {DocumentedRow} from './table.ts';

/** One row as it can arrive: what the reader gets, and what it is told besides. */
export interface Envelope {
  readonly envelope: string;
  readonly subject: unknown;
  readonly context: ReadContext;
  /** Part of a larger answer that was a success: judged for itself alone. */
  readonly part?: boolean;
}

/** Every way that this row can come over the wire, in every notation of its resolution. */
export function envelopes(row: DocumentedRow): readonly Envelope[] {
  if (row.type === null && row.code === null) return withoutType(row);
  switch (row.api) {
    case '2.0':
      return flat(row);
    case '3':
      return v3(row);
    case 'any':
      return [...flat(row), ...v3(row)];
    case '3-openapi':
      return openApi(row);
    case '3-signal':
      return signal(row);
    case 'webhook-4.0':
      return webhook(row);
    case 'network':
      return network(row.code ?? '');
    case 'oauth-v2':
    case 'oauth-v3':
    case 'connect':
    case '1.0':
      return named(row);
  }
}

/** The code of a row for "any other code". */
const codeOf = (row: DocumentedRow): string | null => (row.code === '*' ? 'NEVER_SEEN_BEFORE' : row.code);

function resolutions(row: DocumentedRow): readonly (readonly [string, object])[] {
  const {resolution: type, resolutionUrl} = row;
  if (type === null) {
    return [
      ['a resolution of type null', {resolution: {type: null}}],
      ['a resolution that is null', {resolution: null}],
      ['a resolution without members', {resolution: {}}],
      ['no resolution', {}],
    ];
  }
  const url = resolutionUrl === undefined ? {} : {url: resolutionUrl};
  return [
    ['a resolution object', {resolution: {type, ...url}}],
    ['a bare resolution', {resolution: type}],
  ];
}

function flat(row: DocumentedRow): readonly Envelope[] {
  const status = row.status ?? 400;
  return resolutions(row).flatMap(([notation, resolution]): Envelope[] => {
    const code = codeOf(row);
    const body = {type: row.type, code, statusCode: status, description: 'words', ...resolution};
    const terse = {type: row.type, ...(code !== null && {code}), ...resolution};
    const item = {path: '/odometer', code: status, body: terse};
    return [
      {envelope: `a v2 body with ${notation}`, subject: body, context: {}},
      {envelope: `v2 text with ${notation}`, subject: JSON.stringify(body), context: {status}},
      {envelope: `a v2 body of type and code with ${notation}`, subject: terse, context: {status}},
      {envelope: `a batch item with ${notation}`, subject: {responses: [item]}, context: {}, part: true},
    ];
  });
}

function v3(row: DocumentedRow): readonly Envelope[] {
  const status = row.status ?? 400;
  return resolutions(row).flatMap(([notation, resolution]): Envelope[] => {
    const entry = {
      status: String(status),
      type: row.type,
      code: codeOf(row),
      title: 'words',
      detail: 'more words',
      links: {about: 'https://smartcar.com/docs'},
      meta: {debug: {requestId: 'req-3'}},
      ...resolution,
    };
    return [
      {envelope: `errors[] with ${notation}`, subject: {errors: [entry]}, context: {}},
      {
        envelope: `the text of errors[] with ${notation}`,
        subject: JSON.stringify({errors: [entry]}),
        context: {},
      },
      {envelope: `an entry of errors[] on its own with ${notation}`, subject: entry, context: {}},
    ];
  });
}

function openApi(row: DocumentedRow): readonly Envelope[] {
  const entry = {links: {}, status: String(row.status), code: row.code, title: 'words', detail: 'more'};
  return [
    {envelope: 'errors[] without a type', subject: {errors: [entry]}, context: {}},
    {
      envelope: 'the text of errors[] without a type',
      subject: JSON.stringify({errors: [entry]}),
      context: {},
    },
  ];
}

function signal(row: DocumentedRow): readonly Envelope[] {
  return resolutions(row).flatMap(([notation, resolution]): Envelope[] => {
    const error = {type: row.type, code: row.code, description: 'words', ...resolution};
    const attributes = {code: 'charge-voltage', body: null, status: {value: 'ERROR', error}};
    const one = {id: 'charge-voltage', type: 'signal', attributes};
    const good = {id: 'odometer', type: 'signal', attributes: {status: {value: 'SUCCESS'}, body: {}}};
    return [
      {envelope: `a list of signals with ${notation}`, subject: {data: [good, one]}, context: {status: 200}},
      {envelope: `one signal with ${notation}`, subject: {data: one}, context: {status: 200}},
    ];
  });
}

function webhook(row: DocumentedRow): readonly Envelope[] {
  return resolutions(row).flatMap(([notation, resolution]): Envelope[] => {
    const entry = {type: row.type, code: row.code, description: 'words', ...resolution};
    const full = {...entry, state: 'ERROR', signals: [{code: 'location-preciselocation'}]};
    const event = {eventId: 'e', eventType: 'VEHICLE_ERROR', vehicleId: 'v', meta: {version: '4.0'}};
    return [
      {envelope: `a webhook with ${notation}`, subject: {...event, data: {errors: [full]}}, context: {}},
      {envelope: `a webhook without state with ${notation}`, subject: {data: {errors: [entry]}}, context: {}},
    ];
  });
}

/** OAuth, Connect and v1: a lower-case name in `error`. */
function named(row: DocumentedRow): readonly Envelope[] {
  const context: ReadContext = {
    ...(row.status !== null && {status: row.status}),
    ...(row.api !== '1.0' && {api: row.api}),
  };
  const body = {error: row.type, ...(row.code !== null && {code: row.code}), message: 'words'};
  const envelope = '{error}';
  return [
    {envelope, subject: body, context},
    {envelope: `the text of ${envelope}`, subject: JSON.stringify(body), context},
  ];
}

function withoutType(row: DocumentedRow): readonly Envelope[] {
  const status = row.status ?? 500;
  const context: ReadContext = row.api === 'any' ? {status} : {status, api: row.api};
  return [
    {envelope: 'an empty body', subject: '', context},
    {envelope: 'no body', subject: undefined, context},
    {envelope: 'the HTML of a proxy', subject: '<html><h1>Sorry</h1></html>', context},
    {envelope: 'JSON of a proxy', subject: '{"message": "Sorry"}', context},
    {envelope: 'a response', subject: new Response('', {status}), context},
    ...(row.api === 'any'
      ? [
          {
            envelope: 'the body that Fastify writes',
            subject: {statusCode: status, error: 'Sorry', message: 'words'},
            context,
          },
        ]
      : []),
  ];
}

const fetchFailed = (cause: unknown): Error => new TypeError('fetch failed', {cause});

function network(code: string): readonly Envelope[] {
  const make = (): Error =>
    code === 'TimeoutError' ? new DOMException('timed out', code) : Object.assign(new Error('words'), {code});
  return [
    {envelope: 'its code on the error', subject: make(), context: {}},
    {envelope: 'its code on the cause', subject: fetchFailed(make()), context: {}},
    {
      envelope: 'its code on the cause of the cause',
      subject: new Error('Request failed', {cause: fetchFailed(make())}),
      context: {},
    },
    {
      envelope: 'several addresses tried',
      subject: fetchFailed(new AggregateError([make(), make()], 'all failed')),
      context: {},
    },
    {envelope: 'several addresses tried, unwrapped', subject: new AggregateError([make()]), context: {}},
  ];
}
