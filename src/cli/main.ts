#!/usr/bin/env node
import {CommanderError} from 'commander';
import {complain, oneLine, survivePipes} from './print.ts';
import {createProgram} from './program.ts';

survivePipes();

try {
  await createProgram().parseAsync();
} catch (error) {
  // Commander has said already what it did not like.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    complain(`error: ${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    process.exitCode = 1;
  }
}
