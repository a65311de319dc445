/**
 * Compares two checkouts in what each call costs before any work is done: `npm run bench:start -- BEFORE AFTER [--rounds=N] [--test]`. Both
 * take turns, so that what else the machine does falls on both, and the least of all rounds counts: milliseconds of CPU. With `--test` an unchanged
 * run of the main job's tests as well, which is built before.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { readSkeleton, SKELETONS } from '../test/unit/support/corpus.js';
import { table } from './figures.js';

/** Figures by what they measure. */
type Figures = Readonly<Record<string, number>>;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ONCE = fileURLToPath(new URL('start-once.mjs', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, test: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (positionals.length !== 2) throw new Error('give two checkouts: the one before and the one after');
const checkouts = positionals.map(path => resolve(path));
const dir = mkdtempSync(join(tmpdir(), 'quayside-start-'));

/** The client of the API is the engine's: here nothing of it but what marks functions. */
const withoutClient: Plugin = {
  name: 'without-client',
  setup(builder) {
    builder.onResolve({ filter: /^@dagger\.io\/dagger$/ }, ({ path }) => ({ path, namespace: 'client' }));
    builder.onLoad({ filter: /.*/, namespace: 'client' }, () => ({
      contents:
        'const mark = () => () => {}; module.exports = { argument: mark, check: mark, func: mark, object: mark };',
      loader: 'js',
    }));
  },
};

/** Bundles the module as it is loaded for a call, and the command line as its launcher does. */
async function bundle(checkout: string, out: string): Promise<void> {
  const address = new URL(`file://${join(checkout, 'src/index.ts')}`).href;
  await build({
    absWorkingDir: checkout,
    entryPoints: { module: 'src/index.ts' },
    outdir: join(out, 'module'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is loaded late is not read at the start.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['typescript', 'xmlbuilder2'],
    logLevel: 'error',
    // Files are read beside the sources, whose depth is the same for all that do.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    define: { 'import.meta.url': JSON.stringify(address) },
    plugins: [withoutClient],
  });
  execFileSync(process.execPath, [join(checkout, 'cli/bundle.mjs'), join(out, 'cli', 'bundle')]);
}

function bytesOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => /\.[cm]?js$/.test(file));
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

function filesOf(app: string): Readonly<Record<string, string>> {
  const listed = execFileSync('git', ['ls-files'], { cwd: app, encoding: 'utf8' }).trim().split('\n');
  return Object.fromEntries(listed.map(path => [path, readFileSync(join(app, path), 'utf8')]));
}

/** Milliseconds of CPU of a command and of all that it starts. */
function cpuOf(command: readonly string[]): number {
  const script = '"$@" >/dev/null 2>&1; times';
  const printed = execFileSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8' });
  const [, children = ''] = printed.split('\n');
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 1000 * (60 * Number(minutes) + Number(seconds)),
    0,
  );
}

/** Imports every file of the module, one by one, as a runtime without bundles does. */
function importAll(checkout: string): number {
  const files = readdirSync(join(checkout, 'src'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter(file => file.endsWith('.ts')).sort();
  const script = sources.map(file => `await import(${JSON.stringify(join(checkout, 'src', file))});`).join('\n');
  const entry = join(dir, `import-all-${checkouts.indexOf(checkout)}.mjs`);
  writeFileSync(entry, script);
  return cpuOf([process.execPath, '--import', join(checkout, 'node_modules/tsx/dist/esm/index.mjs'), entry]);
}

function askedOf(out: string, name: string, files: string): Figures {
  const printed = execFileSync(process.execPath, [ONCE, join(out, 'module/module.mjs'), files], { encoding: 'utf8' });
  const { load, first, again } = JSON.parse(printed) as Record<'load' | 'first' | 'again', number>;
  return { 'load the bundled module': load, [`explain ${name}, first`]: first, [`explain ${name}, again`]: again };
}

/** Most text of all apps of the corpus that need no question. */
function largestSkeleton(): readonly [string, Readonly<Record<string, string>>] {
  const apps = SKELETONS.map(name => [name, readSkeleton(name)] as const).filter(
    ([, { expected }]) => !('asks' in expected),
  );
  const size = (files: Readonly<Record<string, string>>): number => Object.values(files).join('').length;
  const [name, { files }] = apps.reduce((most, app) => (size(app[1].files) > size(most[1].files) ? app : most));
  return [name, files];
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The bundle as the checkout's launcher starts it. */
function bundledCommand(checkout: string, folder: string): readonly string[] {
  const starter = join(checkout, 'cli/start.cjs');
  if (!existsSync(starter)) return [process.execPath, join(folder, 'main.js')];
  return [process.execPath, starter, join(folder, 'main.cjs')];
}

/** One round of all that takes time. */
function measure(checkout: string, out: string): Figures {
  const command = bundledCommand(checkout, join(out, 'cli', 'bundle'));
  const onLocal = (name: string, app: string): number =>
    cpuOf([...command, name, `--source=${join(EXAMPLES, app)}`, '--engine=local']);
  return {
    'import src file by file': importAll(checkout),
    ...askedOf(out, 'the largest example', join(dir, 'example.json')),
    ...askedOf(out, `the corpus's ${skeleton}`, join(dir, 'skeleton.json')),
    './quayside explain, flask-shop': onLocal('explain', 'flask-shop'),
    ...(values.test ? { './quayside test, unchanged, flask-stream': onLocal('test', 'flask-stream') } : {}),
  };
}

const [skeleton, skeletonFiles] = largestSkeleton();
try {
  writeFileSync(join(dir, 'skeleton.json'), JSON.stringify(skeletonFiles));
  writeFileSync(join(dir, 'example.json'), JSON.stringify(filesOf(join(EXAMPLES, 'flask-stream'))));
  const outs = checkouts.map((_, index) => join(dir, String(index)));
  const least: Record<string, number>[] = [{}, {}];
  for (const [index, checkout] of checkouts.entries()) {
    say(`bundling ${checkout}`);
    mkdirSync(join(outs[index]!, 'cli'), { recursive: true });
    await bundle(checkout, outs[index]!);
    if (values.test) measure(checkout, outs[index]!);
  }
  for (let round = 1; round <= Number(values.rounds); round++) {
    say(`round ${round}`);
    for (const [index, checkout] of checkouts.entries())
      for (const [name, value] of Object.entries(measure(checkout, outs[index]!)))
        least[index]![name] = Math.min(least[index]![name] ?? Number.POSITIVE_INFINITY, value);
  }
  const sizes = (out: string): Figures => ({
    'bundled module, kB': bytesOf(join(out, 'module')) / 1000,
    'bundled command line, kB': bytesOf(join(out, 'cli', 'bundle')) / 1000,
  });
  const [before, after] = least.map((times, index) => ({ ...sizes(outs[index]!), ...times })) as [Figures, Figures];
  const rows = Object.keys(before).map(name => {
    const [was, is] = [before[name]!, after[name]!];
    return [name, was.toFixed(0), is.toFixed(0), (is / was).toFixed(2)];
  });
  process.stdout.write(table(['', 'before', 'after', 'ratio'], rows));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
