/**
 * Writes docker/tools.json: the newest version of each test tool that Quayside brings to suites without it, for each version of Python,
 * with what it needs, each file with its hash. Needs `uv` in PATH, and a package index. Usage: `npm run lock:tools`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolEntries } from '../src/support/test-tools/table.js';
import { compiledList, hashesOf } from './compiled-list.js';

const scratch = mkdtempSync(join(tmpdir(), 'lock-tools-'));
const constraints = join(scratch, 'constraints.txt');
const hashes = new Map<string, readonly string[]>();
const below = toolEntries().flatMap(([name, { below: limit }]) => (limit ? [`${name}<${limit}`] : []));
writeFileSync(constraints, `${below.join('\n')}\n`);
const names = toolEntries().map(([name]) => name);
// All at once first: tools that are brought together must be content with the same versions.
const together = (await compiledList(names.join('\n'), { scratch, constraints, hashes })) ?? [];
writeFileSync(constraints, `${together.join('\n')}\n`);
const compiled = await Promise.all(
  names.map(async name => [name, await compiledList(name, { scratch, constraints, hashes })] as const),
);
rmSync(scratch, { recursive: true });
const missing =
  together.length === 0 ? names : compiled.flatMap(([name, lines]) => (lines === undefined ? [name] : []));
if (missing.length > 0) throw new Error(`nothing was found that ${missing.join(', ')} can be installed with`);
const tools = Object.fromEntries(compiled);
const all = Object.values(tools).flatMap(lines => lines ?? []);
writeFileSync(
  new URL('../docker/tools.json', import.meta.url),
  `${JSON.stringify({ hashes: hashesOf(all, hashes), tools })}\n`,
);
