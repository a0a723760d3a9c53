import {describe, expect, test} from 'vitest';
import {bothWays, face, PLACES, thrownBy, type Place} from './both-ways.ts';

const to = ({at}: Place, where: string, status = 302): string =>
  `${at}/to?status=${status}&at=${encodeURIComponent(where)}`;

describe.each(PLACES)('at %s', place => {
  test.each([301, 302, 303, 307, 308])(
    'a read follows a %d, and says so, as its clone does',
    async status => {
      const {plain, policed} = await bothWays(place, async where => {
        const response = await fetch(to(where, `${where.at}/ok?moved#part`, status));
        return [face(response), face(response.clone()), await response.json()];
      });
      expect(policed).toEqual(plain);
      expect(policed.sent).toHaveLength(2);
    },
  );

  test.each([301, 302, 303, 307, 308])('a HEAD follows a %d', async status => {
    const {plain, policed} = await bothWays(place, async where =>
      face(await fetch(to(where, `${where.at}/ok`, status), {method: 'HEAD'})),
    );
    expect(policed).toEqual(plain);
  });

  test('a relative place, and several hops', async () => {
    const {plain, policed} = await bothWays(place, async where => {
      const {signal} = new AbortController();
      const last = `to?status=307&at=${encodeURIComponent('ok?last')}`;
      return face(await fetch(to(where, last), {signal}));
    });
    expect(policed).toEqual(plain);
  });

  test.each([307, 308])('a command follows a %d with its body', async status => {
    const {plain, policed} = await bothWays(place, async where => {
      const init = {method: 'POST', body: '{"a":1}', headers: {'content-type': 'application/json'}};
      return face(await fetch(new Request(to(where, `${where.at}/ok`, status), init)));
    });
    expect(policed).toEqual(plain);
    expect(policed.sent.map(({method, body}) => [method, body])).toEqual([
      ['POST', '{"a":1}'],
      ['POST', '{"a":1}'],
    ]);
  });

  test.each(['manual', 'error'] as const)('redirect: %j', async redirect => {
    const {plain, policed} = await bothWays(place, async where => {
      const url = to(where, `${where.at}/ok`);
      const calls = [() => fetch(url, {redirect}), () => fetch(new Request(url, {redirect}))];
      const seen: unknown[] = [];
      for (const call of calls) {
        seen.push(redirect === 'error' ? await thrownBy(call()) : face(await call()));
      }
      return seen;
    });
    expect(policed).toEqual(plain);
  });

  test('a loop ends with a TypeError', async () => {
    const {plain, policed} = await bothWays(place, where => thrownBy(fetch(to(where, ''))));
    expect(policed).toEqual(plain);
  });
});

// At an origin of Smartcar's a redirect to a foreign one is handed out, so that nothing of the call goes there.
describe('to another origin', () => {
  test('a stranger’s redirect is followed, without the authorization', async () => {
    const {plain, policed} = await bothWays('a stranger’s origin', async where => {
      const headers = {authorization: 'Bearer own', 'x-own': 'a'};
      return face(await fetch(to(where, `${where.elsewhere}/ok`), {headers}));
    });
    expect(policed).toEqual(plain);
    expect(policed.sent.map(one => [one.headers['authorization'], one.headers['x-own']])).toEqual([
      ['Bearer own', 'a'],
      [undefined, 'a'],
    ]);
  });

  test('a stranger’s redirect into Smartcar’s origins is followed by fetch alone', async () => {
    const {plain, policed} = await bothWays(
      'an origin of Smartcar’s, with a token of the policy’s',
      async ({at, elsewhere}) => {
        const url = `${elsewhere}/to?at=${encodeURIComponent(`${at}/ok`)}`;
        return face(await fetch(url));
      },
    );
    expect(policed).toEqual(plain);
    expect(policed.sent.map(one => one.headers['authorization'])).toEqual([undefined, undefined]);
  });
});
