/** The Procfile: processes by name, and what the command that starts the app says about the server. */
import type { Place } from '../../diagnostics/diagnostic.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { RunServerKind } from '../../support/run-servers.js';
import { containerCommands } from './dockerfile.js';

/** Commands by process type, such as `web`, `worker`, `release`. */
export type Procfile = ReadonlyMap<string, Sourced<string>>;

/** What a command that starts the app asks for. Options that only suit one machine (port, number of workers) are left out. */
export interface WebCommand {
  readonly place: Place;
  readonly server: RunServerKind;
  /** Words that may name the app, such as `shop.wsgi` or `shop:create_app()`. */
  readonly targets: readonly string[];
  /** Directory that imports start from, when the command changes to one. */
  readonly directory?: string;
  readonly factory: boolean;
  readonly workerClass?: string;
  /** File with the server's settings. */
  readonly settings?: string;
  /** One worker is asked for: the app may keep things in memory. */
  readonly single: boolean;
}

/** Reads the Procfile; empty when there is none. */
export async function readProcfile(tree: Tree): Promise<Procfile> {
  const lines = ((await tree.read('Procfile')) ?? '').split(/\r?\n/);
  return new Map(
    lines.flatMap((line, index) => {
      const [, name, command] = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/.exec(line) ?? [];
      if (name === undefined || command === undefined) return [];
      return [[name, { value: command, place: { file: 'Procfile', line: index + 1 } }]];
    }),
  );
}

/** The command that starts the app: the Procfile's web process, else the one of its own container. */
export async function readWebCommand(tree: Tree): Promise<WebCommand | undefined> {
  const web = (await readProcfile(tree)).get('web');
  const own = web && webCommand(web);
  if (own) return own;
  const [first, ...others] = (await containerCommands(tree)).flatMap(command => {
    const started = webCommand(command);
    return started && started.targets.length > 0 ? [started] : [];
  });
  const isOne = others.every(({ targets }) => targets.some(target => first!.targets.includes(target)));
  return isOne ? first : undefined;
}

/** What starts the app by a command, in words. */
export function starterOf({ place }: WebCommand): string {
  return place.file === 'Procfile' ? 'the Procfile' : 'its container';
}

/** Why something is taken from a command. */
export function asStarted(web: WebCommand): string {
  return `as ${starterOf(web)} starts it`;
}

/** Understands a command; undefined when it starts no server that is known. */
function webCommand({ value, place }: Sourced<string>): WebCommand | undefined {
  const parts = value.split(/&&|;/).map(
    part =>
      part
        .trim()
        .match(/"[^"]*"|'[^']*'|\S+/g)
        ?.map(word => word.replace(/^["']|["']$/g, '')) ?? [],
  );
  const isServer = (word: string) => /^(gunicorn|uvicorn|hypercorn|granian)$/.test(word.split('/').at(-1)!);
  const words = parts.findLast(part => part.some(isServer));
  if (!words) return undefined;
  const at = words.findIndex(isServer);
  const options = words.slice(at + 1);
  const option = (...names: readonly string[]) => {
    const index = options.findIndex(word => names.some(name => word === name || word.startsWith(`${name}=`)));
    const value = index < 0 ? undefined : (options[index]!.split('=')[1] ?? options[index + 1]);
    // A variable of the shell has its value there only.
    return value?.includes('$') ? undefined : value;
  };
  const changed =
    /(?:^|&&|;)\s*cd\s+([\w./-]+)/.exec(value)?.[1] ?? option('--chdir', '--app-dir', '--working-dir', '--pythonpath');
  const directory = changed?.replace(/^\.\/|\/$/g, '');
  const workerClass = option('-k', '--worker-class');
  const conf = option('-c', '--config');
  return {
    place,
    server: words[at]!.split('/').at(-1) as RunServerKind,
    targets: options.filter(word => /^[A-Za-z_][\w.]*(:[A-Za-z_]\w*(\(\))?)?$/.test(word)),
    ...(directory && directory !== '.' && { directory }),
    factory: options.includes('--factory'),
    ...(workerClass !== undefined && { workerClass }),
    ...(conf !== undefined && { settings: conf.replace(/^\.\//, '') }),
    single: /^1$/.test(option('-w', '--workers') ?? ''),
  };
}

/** A command line as arguments; one that needs a shell gets one. */
export function commandWords(command: string): readonly string[] {
  // The tools that run others in their environments are not in the image: the environment is on the PATH.
  const bare = command.replace(/^((poetry|uv|pipenv|pdm) run )+(-- )?/, '');
  if (!/[$&|;<>`*?~"'\\(){}]/.test(bare)) return bare.split(/\s+/);
  // Several commands in one line cannot take the shell's place; a single one must, to get its signals.
  return ['sh', '-c', /[&|;]/.test(bare) ? bare : `exec ${bare}`];
}
