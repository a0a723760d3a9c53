// Ratios against peers, interleaved in one run, on the built package.
// `npm run bench`, `npm run bench -- overhead import`; once built, `node bench/main.ts --json` prints the rows alone.
import {parseArgs} from 'node:util';
import {chosen, type Group} from './groups.ts';
import type {Row} from './row.ts';
import {tableOf} from './table.ts';

interface Asked {
  readonly groups: readonly Group[];
  readonly json: boolean;
}

function asked(): Asked | undefined {
  try {
    const {positionals, values} = parseArgs({
      allowPositionals: true,
      options: {json: {type: 'boolean', default: false}},
    });
    return {groups: chosen(positionals), json: values.json};
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    return undefined;
  }
}

async function main({groups, json}: Asked): Promise<void> {
  const rows: Row[] = [];
  for (const [index, {name, run}] of groups.entries()) {
    // Not on stdout, where the rows go.
    console.error(`${index + 1} of ${groups.length}: ${name}`);
    rows.push(...(await run()));
  }
  if (json) return console.log(JSON.stringify(rows, null, 2));
  const {version, platform, arch} = process;
  console.log(
    `\nNode ${version}, ${platform} ${arch}; medians of the rounds, and of the rounds' own ratios\n`,
  );
  console.log(tableOf(rows));
}

const what = asked();
if (what) await main(what);
