#!/usr/bin/env node
/** `npx intelia-otel <command>`: a process of its own, never loaded by the measured one. */
import { argv, stderr, stdout } from 'node:process';
import { run } from './run.js';

// `… | head` closes the pipe: that is no failure.
stdout.on('error', () => {});
void run(argv.slice(2), {
  out: (text) => void stdout.write(text),
  err: (line) => void stderr.write(`intelia-otel: ${line}\n`),
}).then((code) => (process.exitCode = code));
