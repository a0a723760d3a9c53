import {accessSync, constants} from 'node:fs';
import {delimiter, join} from 'node:path';
import {type Browser, chromium} from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** What is in `CHROMIUM_PATH`, or else the first browser on the path; undefined where there is none. */
function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const {CHROMIUM_PATH: given, PATH: path = ''} = env;
  if (given !== undefined && given !== '') return given;
  const folders = path.split(delimiter).filter(folder => folder !== '');
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable);
}

/** Whether to leave the suite out. Says so in one line; with `CI=true` it is never left out, and fails. */
export function skipsWithoutChromium(): boolean {
  if (findChromium() !== undefined || process.env['CI'] === 'true') return false;
  console.log(
    'Browser tests skipped: no Chromium on the path. Install one, or name its binary in CHROMIUM_PATH.',
  );
  return true;
}

export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(`Expected Chromium (${names.join(', ')}) on the path or in CHROMIUM_PATH, found none`);
  }
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      // Nothing but this machine can be found, whoever asks.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
