import {CONTENDERS} from '../src/lab/contenders/all.ts';
import {run} from '../src/lab/run.ts';
import {resultOf} from '../src/lab/measure/result.ts';
import {physicalLimit} from '../src/lab/measure/limit.ts';
const [file, cars, hours, only] = process.argv.slice(2);
const mod = await import(`../src/lab/scenarios/${file}.ts`);
const make = Object.values(mod).find(v => typeof v === 'function') as any;
for (const s of make({
  ...(cars && +cars && {cars: +cars}),
  ...(hours && +hours && {durationMs: +hours * 3.6e6}),
})) {
  const limit = s.bounded ? physicalLimit(s, 1) : undefined;
  console.log('##', s.name, s.variant ?? '', 'limit', limit, s.bestRecoveryMs ?? '');
  for (const c of CONTENDERS) {
    if (only && !c.name.includes(only)) continue;
    if (c.fits && !c.fits(s.setUp ?? {})) continue;
    const t = performance.now();
    const r = resultOf(await run(s, c, 1), limit);
    const {series, settings, ours, scenario, policy, ...rest} = r;
    console.log(
      policy.padEnd(24),
      ((performance.now() - t) / 1000).toFixed(1) + 's',
      Object.entries(rest)
        .map(([k, v]) => `${k}=${typeof v === 'number' && !Number.isInteger(v) ? v.toFixed(3) : v}`)
        .join(' '),
    );
  }
}
