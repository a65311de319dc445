/** Scripts of package.json: the programs that one runs in the end, those of the scripts that it calls among them. */
import { type CommandVariable, readCommandLine, type ShellCommand, type ShellWord } from './command-line.js';

/** A program that a script runs. */
export interface ScriptProgram {
  /** Its name without a directory or a version, the name of its package where a package is run by that; `node` runs a file. */
  readonly name: string;
  readonly args: readonly ShellWord[];
  readonly variables: readonly CommandVariable[];
  /** The script whose text it stands in. */
  readonly script: string;
  /** Where it runs, relative to package.json. */
  readonly directory: string;
  /** The file that its output is written to. */
  readonly redirect?: ShellWord;
}

/** The texts of all scripts. */
export type Scripts = Readonly<Record<string, unknown>>;

/** The programs of a script with what npm runs before and after it; those of scripts that call each other in a circle once. */
export async function programsOfScript(scripts: Scripts, name: string): Promise<readonly ScriptProgram[]> {
  return named(scripts, name, { seen: [], args: [] });
}

/** The scripts that are called on the way to a program, and what the last one is called with. */
interface Calls {
  readonly seen: readonly string[];
  readonly args: readonly ShellWord[];
}

async function named(scripts: Scripts, name: string, { seen, args }: Calls): Promise<readonly ScriptProgram[]> {
  const own = [`pre${name}`, name, `post${name}`].filter(
    script => typeof scripts[script] === 'string' && !seen.includes(script),
  );
  const found = await Promise.all(
    own.map(async script => {
      const { commands } = await readCommandLine(String(scripts[script]));
      const [last] = commands.slice(-1);
      const inside = { scripts, script, seen: [...seen, ...own] };
      const each = commands.map(command => {
        const words = command === last && script === name ? [...command.words, ...args] : command.words;
        return programsIn({ ...command, words }, inside);
      });
      return (await Promise.all(each)).flat();
    }),
  );
  return found.flat();
}

/** Where a command stands. */
interface Inside {
  readonly scripts: Scripts;
  readonly script: string;
  readonly seen: readonly string[];
}

/** Programs that run another one: their options with a value, and the word behind which it stands. */
const RUNNERS: Readonly<Record<string, { readonly verbs?: RegExp; readonly takingValue?: readonly string[] }>> = {
  npx: { takingValue: ['-p', '--package', '-c'] },
  bunx: {},
  pnpx: {},
  'cross-env': {},
  'cross-env-shell': {},
  env: { takingValue: ['-u'] },
  exec: {},
  time: {},
  dotenv: { takingValue: ['-e', '-c', '-v', '-p'] },
  dotenvx: { verbs: /^run$/, takingValue: ['-f', '--env-file'] },
  'env-cmd': { takingValue: ['-f', '--file', '-e', '--environments'] },
  npm: { verbs: /^(exec|x)$/ },
  pnpm: { verbs: /^(exec|dlx)$/ },
  yarn: { verbs: /^(exec|dlx)$/ },
  bun: { verbs: /^x$/ },
};

/** Options that make a package manager run what another package has. */
const ELSEWHERE = /^(--(prefix|workspace|workspaces|filter|cwd|recursive|dir)\b|-[wCrF]$)/;

/** Package managers' own words, which are no names of scripts. */
const OWN_VERBS =
  /^(add|ci|i|install|exec|x|dlx|create|init|link|pack|publish|remove|uninstall|up|update|upgrade|why|workspace|workspaces|audit|cache|config|set|version)$/;

async function programsIn(command: ShellCommand, inside: Inside): Promise<readonly ScriptProgram[]> {
  const { words, variables } = split(command);
  const [first, ...args] = words;
  if (!first) return [];
  const name = nameOf(first.text);
  const { scripts, seen } = inside;
  const called = scriptsCalled(name, args, inside);
  if (called) {
    const programs = await Promise.all(called.names.map(script => named(scripts, script, { seen, args: called.args })));
    return programs.flat().map(program => ({ ...program, variables: [...variables, ...program.variables] }));
  }
  const inner = behindRunner(name, args);
  if (inner) return programsIn({ ...command, words: inner, variables }, inside);
  if (name === 'concurrently') return concurrent(args, variables, inside);
  const redirect = command.redirect ? { redirect: command.redirect } : {};
  const run = name === 'node' ? runByNode(args) : undefined;
  return [{ name, args, ...run, variables, script: inside.script, directory: command.directory, ...redirect }];
}

/** `NAME=value` before a program is a variable of its. */
function split({ words, variables }: ShellCommand) {
  const at = words.findIndex(({ text }) => !/^[A-Za-z_]\w*=/.test(text));
  const given = words.slice(0, Math.max(at, 0)).map(word => {
    const equals = word.text.indexOf('=');
    return { name: word.text.slice(0, equals), value: { ...word, text: word.text.slice(equals + 1) } };
  });
  return { words: at < 0 ? [] : words.slice(at), variables: [...variables, ...given] };
}

/** `./node_modules/.bin/vite`, `@tailwindcss/cli@4`, `tailwindcss.cmd`. */
function nameOf(text: string): string {
  const scoped = /^@[\w.-]+\/[\w.-]+/.exec(text)?.[0];
  return scoped ?? (text.split('/').at(-1) ?? '').replace(/(.)@[^@]*$/, '$1').replace(/\.(cmd|exe)$/, '');
}

/** A program of a package by its path in node_modules, with options of node before it; else the file that it runs. */
function runByNode(args: readonly ShellWord[]): Pick<ScriptProgram, 'name' | 'args'> | undefined {
  const at = args.findIndex(({ text }) => !text.startsWith('-'));
  const path = args[at]?.text ?? '';
  const name = /(?:^|\/)node_modules\/(?:\.bin\/)?((?:@[\w.-]+\/)?[\w.-]+)/.exec(path)?.[1];
  return name === undefined ? undefined : { name, args: args.slice(at + 1) };
}

/** The scripts that a command calls, and what is given to the last; undefined when it calls none of this package. */
function scriptsCalled(name: string, args: readonly ShellWord[], { scripts, script }: Inside) {
  const operands = args.filter(({ text }) => !text.startsWith('-'));
  const fitting = (patterns: readonly string[]) => patterns.flatMap(pattern => matching(scripts, pattern));
  switch (name) {
    case 'npm-run-all':
    case 'npm-run-all2':
    case 'run-s':
    case 'run-p':
      return { names: fitting(operands.map(({ text }) => text.split(' ')[0]!)), args: [] };
    case 'run-script-os':
    case 'run-os':
      return {
        names: fitting(['default', 'linux', 'nix', 'darwin:linux', 'darwin-linux'].map(os => `${script}:${os}`)).slice(
          0,
          1,
        ),
        args: [],
      };
    case 'node': {
      const run = args.findIndex(({ text }) => text === '--run');
      return run < 0 ? undefined : { names: fitting(args.slice(run + 1, run + 2).map(({ text }) => text)), args: [] };
    }
    case 'npm':
    case 'yarn':
    case 'pnpm':
    case 'bun': {
      if (args.some(({ text }) => ELSEWHERE.test(text))) return undefined;
      const [verb, ...rest] = operands;
      const isRun = /^(run|run-script|rum|urn)$/.test(verb?.text ?? '');
      const isOwn = name === 'npm' || OWN_VERBS.test(verb?.text ?? '') || (name === 'bun' && verb?.text === 'build');
      const target = isRun ? rest[0] : isOwn ? undefined : verb;
      const given = behind(args, target, name);
      // A program of a package that is called as scripts are: `yarn vite build`.
      if (target && typeof scripts[target.text] !== 'string') return undefined;
      return target && { names: [target.text], args: given };
    }
    default:
      return undefined;
  }
}

/** What stands behind the name of a script: with npm only behind `--`. */
function behind(args: readonly ShellWord[], target: ShellWord | undefined, manager: string): readonly ShellWord[] {
  const rest = target ? args.slice(args.indexOf(target) + 1) : [];
  const dashes = rest.findIndex(({ text }) => text === '--');
  return dashes < 0 ? (manager === 'npm' ? [] : rest) : rest.slice(dashes + 1);
}

/** `build:*` is one part of a name, `build:**` any number. */
function matching(scripts: Scripts, pattern: string): readonly string[] {
  if (!pattern.includes('*')) return typeof scripts[pattern] === 'string' ? [pattern] : [];
  const text = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*/g, '\0')
    .replace(/\*/g, '[^:]*')
    .replaceAll('\0', '.*');
  return Object.keys(scripts).filter(name => new RegExp(`^${text}$`).test(name));
}

/** What a runner runs: with `yarn vite` and `pnpm vite` a program behind no word at all. */
function behindRunner(name: string, args: readonly ShellWord[]): readonly ShellWord[] | undefined {
  const runner = Object.hasOwn(RUNNERS, name) ? RUNNERS[name] : undefined;
  if (!runner || args.some(({ text }) => ELSEWHERE.test(text) && runner.verbs !== undefined)) return undefined;
  const { verbs, takingValue = [] } = runner;
  let rest = args;
  if (verbs) {
    const [first, ...others] = args;
    const isProgram = /^(yarn|pnpm|bun)$/.test(name) && !OWN_VERBS.test(first?.text ?? '');
    const isRun = /^(run|run-script)$/.test(first?.text ?? '');
    if (!verbs.test(first?.text ?? '') && !isProgram) return undefined;
    if (name === 'bun' && first?.text === 'build') return undefined;
    rest = isProgram && !isRun ? args : others;
  }
  let at = 0;
  while (at < rest.length && rest[at]!.text.startsWith('-')) at += takingValue.includes(rest[at]!.text) ? 2 : 1;
  const inner = rest.slice(at);
  return inner.length > 0 ? inner : undefined;
}

/** `concurrently "npm:build:*" "tsc -b"`. */
async function concurrent(
  args: readonly ShellWord[],
  variables: readonly CommandVariable[],
  inside: Inside,
): Promise<readonly ScriptProgram[]> {
  const { scripts, seen } = inside;
  const operands = args.filter(
    ({ text }, at) =>
      !text.startsWith('-') && !/^(-n|--names|-c|--prefix-colors|-p|--prefix)$/.test(args[at - 1]?.text ?? ''),
  );
  const found = operands.map(async ({ text }) => {
    const short = /^npm:(\S+)/.exec(text)?.[1];
    if (short !== undefined) {
      return (await Promise.all(matching(scripts, short).map(name => named(scripts, name, { seen, args: [] })))).flat();
    }
    const { commands } = await readCommandLine(text);
    return (
      await Promise.all(
        commands.map(command => programsIn({ ...command, variables: [...variables, ...command.variables] }, inside)),
      )
    ).flat();
  });
  return (await Promise.all(found)).flat();
}
