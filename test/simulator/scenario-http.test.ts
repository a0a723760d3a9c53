import {describe, expect, test} from 'vitest';
import {sender, start} from './harness.ts';

describe('a scenario over HTTP', () => {
  test('is played, told about and stopped', async () => {
    const simulator = await start();
    const send = sender(simulator, {});
    expect((await send('GET', '/simulator/scenario')).body).toEqual({state: 'none'});
    const played = await send('POST', '/simulator/scenario', {
      owners: [{id: 'ada', grant: true}],
      script: [{match: {times: 'Infinity', path: '/user'}, reply: {status: 418}}],
      timeline: [{atMs: 60_000, revoke: {owner: 'eve', how: 'grant'}}],
    });
    expect(played).toMatchObject({status: 201, body: {owners: [{id: 'ada'}]}});
    expect(played.body.owners[0].tokens.accessToken).toBeTypeOf('string');
    expect((await send('GET', '/v2.0/user')).status).toBe(418);
    expect((await send('GET', '/simulator/scenario')).body).toEqual({state: 'playing', ...played.body});
    expect((await send('DELETE', '/simulator/scenario')).status).toBe(204);
    expect((await send('GET', '/simulator/scenario')).body).toMatchObject({state: 'stopped'});
    expect((await send('GET', '/v2.0/user')).status).toBe(401);

    await send('POST', '/simulator/scenario', {timeline: [{atMs: 1, revoke: {owner: 'eve', how: 'grant'}}]});
    await send('POST', '/simulator/clock/advance', {ms: 1_000});
    expect((await send('GET', '/simulator/scenario')).body).toMatchObject({
      state: 'failed',
      message: '`timeline[0]`: Expected the id of an owner (ada), got `eve`',
    });
  });

  test('is refused by member, and where it comes too late', async () => {
    const simulator = await start();
    const send = sender(simulator, {});
    const refused = await send('POST', '/simulator/scenario', {timeline: [{atMs: -1, jump: 1}]});
    expect(refused).toMatchObject({status: 400, body: {issues: [{path: 'timeline[0].atMs'}]}});
    const late = await send('POST', '/simulator/scenario', {latencyMs: 1});
    expect(late.status).toBe(400);
    expect(late.body.message).toContain('`latencyMs`');
  });
});
