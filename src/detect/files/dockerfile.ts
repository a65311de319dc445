/** What the app's own Dockerfile says of it: the variables it sets, and how it and the scripts that it runs start the app. */
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';

const FILE = 'Dockerfile';

/** Finds the value that the Dockerfile sets a variable to, the last one when there are several. */
export async function imageVariable(tree: Tree, name: string): Promise<Sourced<string> | undefined> {
  const pattern = new RegExp(`^ENV\\s(?:.*\\s)?${name}[= ]["']?([^\\s"']+)`, 'i');
  const settings = (await commandLines(tree, FILE)).flatMap(({ value, place }) => {
    const set = pattern.exec(value)?.[1];
    return set === undefined ? [] : [{ value: set, place }];
  });
  return settings.at(-1);
}

/** Finds the directory in the image that the source is copied to: the first that the last stage works in. */
export async function imageDirectory(tree: Tree): Promise<string> {
  const lines = (await commandLines(tree, FILE)).map(({ value }) => value);
  const last = lines.slice(lines.findLastIndex(line => /^FROM\s/i.test(line)) + 1);
  const directories = [...last, ...lines].flatMap(line => /^WORKDIR\s+["']?(\/[^\s"']+)/i.exec(line)?.[1] ?? []);
  return directories[0]?.replace(/\/$/, '') ?? '/app';
}

/** Finds the version of Python that the Dockerfile's images carry, the last one when there are several. */
export async function imagePython(tree: Tree): Promise<Sourced<string> | undefined> {
  const values = new Map<string, string>();
  const versions: Sourced<string>[] = [];
  for (const { value, place } of await commandLines(tree, FILE)) {
    const [, name, given] = /^ARG\s+(\w+)=["']?([\w.-]+)/i.exec(value) ?? [];
    if (name !== undefined && given !== undefined) values.set(name, given);
    const image = value.replace(/\$\{?(\w+)\}?/g, (whole, key: string) => values.get(key) ?? whole);
    const version = /^FROM\s.*python:?(3\.\d+)/i.exec(image)?.[1];
    if (version !== undefined) versions.push({ value: version, place, why: 'as its container has it' });
  }
  return versions.at(-1);
}

/** Finds the commands, those of CMD and ENTRYPOINT before the lines of scripts. */
export async function containerCommands(tree: Tree): Promise<readonly Sourced<string>[]> {
  const instructions = (await commandLines(tree, FILE)).toReversed();
  // The last of each counts; a health check's own CMD stands on a line that begins with HEALTHCHECK.
  const commands = [/^CMD\s+(.+)/i, /^ENTRYPOINT\s+(.+)/i].flatMap(pattern => {
    const last = instructions.find(({ value }) => pattern.test(value));
    return last ? [{ ...last, value: shellForm(pattern.exec(last.value)![1]!) }] : [];
  });
  const scripts = commands.flatMap(({ value }) => value.split(/[\s"']+/).flatMap(word => scriptsNamed(tree, word)));
  const lines = await Promise.all([...new Set(scripts)].map(path => commandLines(tree, path)));
  return [...commands, ...lines.flat()];
}

/** An instruction's arguments as a shell would be given them. */
function shellForm(written: string): string {
  const words = execForm(written);
  if (words === undefined) return written;
  const [shell = '', option = '', command] = words;
  if (/(^|\/)(ba|da)?sh$/.test(shell) && /^-\w*c$/.test(option) && command !== undefined) return command;
  return words.map(word => (/[\s;&|]/.test(word) ? `"${word}"` : word)).join(' ');
}

function execForm(written: string): readonly string[] | undefined {
  try {
    const words: unknown = JSON.parse(written);
    return Array.isArray(words) && words.every(word => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

/** The script of the source that a word names by a path in the image. */
function scriptsNamed(tree: Tree, word: string): readonly string[] {
  const name = word.split('/').at(-1)!;
  const paths = tree.paths.filter(path => path === name || path.endsWith(`/${name}`));
  return name !== '' && !name.endsWith('.py') && paths.length === 1 ? paths : [];
}

/** The lines of a file without comments; one that goes on after a backslash is one with the next. */
async function commandLines(tree: Tree, path: string): Promise<readonly Sourced<string>[]> {
  const lines = ((await tree.read(path)) ?? '').split(/\r?\n/);
  const joined: Sourced<string>[] = [];
  let open: Sourced<string> | undefined;
  for (const [index, text] of lines.entries()) {
    if (/^\s*#/.test(text)) continue;
    const { value, place }: Sourced<string> = open ?? { value: '', place: { file: path, line: index + 1 } };
    const whole = { value: `${value} ${text.trim()}`.trim(), place };
    open = whole.value.endsWith('\\') ? { ...whole, value: whole.value.slice(0, -1).trimEnd() } : undefined;
    if (!open) joined.push(whole);
  }
  return joined;
}
