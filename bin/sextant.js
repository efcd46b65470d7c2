#!/usr/bin/env node
// Runs on any Node: it must be able to say that a Node is too old before anything newer is loaded.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(
    `sextant needs Node 22.22 or newer and this is ${process.versions.node}: in a checkout use "npm start" or "npx sextant", which bring their own`,
  );
  process.exit(1);
}
// A checkout runs its sources as they are; an installed package holds only what was built from them.
const sources = new URL('../src/cli/program.ts', import.meta.url);
const program = existsSync(sources) ? sources : new URL('../dist/src/cli/program.js', import.meta.url);
const { main } = await import(program.href);
await main(process.argv);
