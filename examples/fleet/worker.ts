// One of the processes that take calls from the queue. It says over the channel to its parent what it does.
import {fleetCalls, fleetHandlers, fleetPolicy, type Meeting} from './calls.ts';
import type {Report} from './report.ts';

const meeting = JSON.parse(process.argv[2] ?? '{}') as Meeting;
const REPORT_EVERY_MS = 250;

const tell = (report: Report): void => void (process.connected && process.send?.(report));

const policy = fleetPolicy(meeting);
const calls = fleetCalls(
  policy,
  meeting,
  fleetHandlers(({vehicle}) => tell({did: 'sends-command', vehicle})),
);
for (const did of ['done', 'deferred', 'parked', 'dead'] as const) calls.on(did, ({id}) => tell({did, id}));
policy.on('refresh', ({outcome}) => outcome === 'renewed' && tell({did: 'refreshed'}));

const reports = setInterval(() => {
  const {application, scopes} = policy.limits();
  const waiting = [application, ...scopes].reduce((sum, scope) => sum + scope.waiting, 0);
  tell({did: 'holds', waiting, underWay: application.inFlight});
}, REPORT_EVERY_MS);

// The parent has died: there is nobody to work for.
const orphaned = (): void => process.exit(1);
if (process.connected) process.once('disconnect', orphaned);
else orphaned();

process.once('message', () => {
  void (async () => {
    process.off('disconnect', orphaned);
    clearInterval(reports);
    await calls.close();
    await policy.close();
    process.disconnect();
  })();
});

// Ctrl-C on a terminal reaches the whole group; the parent says what is to be done.
process.on('SIGINT', () => undefined);
tell({did: 'ready'});
