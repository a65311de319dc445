/** Steps of CI's workflows that run something in a shell, of whichever service, with what is said of them around. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { resolvePath } from '../../source/paths.js';
import { growsWithoutEnd, yamlDocuments } from '../../source/yaml-documents.js';

/** A text that a shell runs, and where it does so. */
export interface ShellStep {
  readonly text: string;
  readonly file: string;
  /** Of its first line, 1-based. */
  readonly line: number;
  /** Variables that it is given, with values that are written there. */
  readonly env: Readonly<Record<string, string>>;
  /** Directory that it runs in, relative to the file's own tree. */
  readonly directory: string;
}

/** Files of CI's services: of GitHub, GitLab, CircleCI, Travis, Azure, Bitbucket and such that work like them. */
export const WORKFLOWS =
  /^(\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.gitlab\/ci\/[^/]+\.ya?ml|\.circleci\/config\.ya?ml|\.travis\.ya?ml|\.?azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|\.woodpecker(\/[^/]+)?\.ya?ml|\.cirrus\.ya?ml|\.semaphore\/semaphore\.ya?ml|appveyor\.ya?ml)$/;

/** Keys that hold what a shell runs; in the list of one map they run in one after the other. */
const COMMANDS = ['before_script', 'script', 'run', 'command', 'bash', 'commands'];
const VARIABLES = ['env', 'environment', 'variables'];
const DIRECTORIES = ['working-directory', 'working_directory', 'workingDirectory'];

/** Texts that are commands wherever they stand. */
const HANDED_ON =
  /^((uv|poetry|pdm|hatch|pipenv) run |python -m )*(pytest|tox|nox|coverage run|python manage\.py test)\s+\S/;

interface Around {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
}

/** The steps of a workflow, in their order; none where it is no YAML. */
export function workflowSteps(text: string, file: string): readonly ShellStep[] {
  const { documents, lines } = yamlDocuments(text);
  return documents.flatMap(document =>
    document.errors.length > 0 || !document.contents || growsWithoutEnd(document)
      ? []
      : stepsIn(document.contents, { file, document, lines, env: {}, directory: '' }),
  );
}

function stepsIn(written: Node, around: Around, depth = 0): readonly ShellStep[] {
  const node = followed(written, around);
  if (depth > 12) return [];
  if (isSeq(node)) return node.items.flatMap(item => stepsIn(item as Node, around, depth + 1));
  if (!isMap(node)) return [];
  const within = { ...around, env: { ...around.env, ...envOf(node, around) }, directory: directoryOf(node, around) };
  const own = COMMANDS.flatMap(key => textsOf(keyed(node, key), within));
  const [first] = own;
  const step = first && {
    text: own.map(({ text }) => text).join('\n'),
    file: around.file,
    line: first.line,
    env: within.env,
    directory: within.directory,
  };
  const below = (node.items as readonly Pair[]).flatMap(({ key, value }) => {
    const named = isScalar(value) && isScalar(key) && !/^(name|id|title|description|key)$/.test(String(key.value));
    // A command that a workflow hands to another, or has in its matrix.
    if (named && typeof value.value === 'string' && HANDED_ON.test(value.value)) {
      const { env, directory, file } = within;
      return COMMANDS.includes(String(key.value))
        ? []
        : [{ text: value.value, file, line: lineOf(value, within), env, directory }];
    }
    const isRead = isScalar(key) && (COMMANDS.includes(String(key.value)) || VARIABLES.includes(String(key.value)));
    // Steps of CircleCI are maps below `run`.
    return isRead && !isMap(value) ? [] : value ? stepsIn(value as Node, within, depth + 1) : [];
  });
  return step ? [step, ...below] : below;
}

function followed(node: Node | undefined, { document }: Around): Node | undefined {
  return isAlias(node) ? (node.resolve(document) as Node | undefined) : node;
}

function keyed(node: YAMLMap, key: string): Node | undefined {
  return (node.get(key, true) ?? undefined) as Node | undefined;
}

function textsOf(value: Node | undefined, around: Around): readonly { readonly text: string; readonly line: number }[] {
  const node = followed(value, around);
  if (isSeq(node)) return node.items.flatMap(item => textsOf(item as Node, around));
  if (!isScalar(node) || typeof node.value !== 'string') return [];
  return [{ text: node.value, line: lineOf(node, around) }];
}

/** The line of a text's first line: below that of its key where a block is written. */
function lineOf({ range, type }: Scalar, { lines }: Around): number {
  const { line } = lines.linePos(range?.[0] ?? 0);
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? line + 1 : line;
}

/** Plain values of a map or of a list of `NAME=value`; what the service fills in is left out. */
function envOf(node: YAMLMap, around: Around): Readonly<Record<string, string>> {
  const pairs = VARIABLES.flatMap(key => {
    const value = followed(keyed(node, key), around);
    if (isMap(value))
      return (value.items as readonly Pair[]).flatMap(({ key: name, value: text }) =>
        isScalar(name) && isScalar(text) ? [[String(name.value), String(text.value ?? '')] as const] : [],
      );
    if (!isSeq(value)) return [];
    return value.items.flatMap(item => {
      const [, name, text] = /^([A-Za-z_]\w*)=(.*)$/.exec(isScalar(item) ? String(item.value) : '') ?? [];
      return name === undefined ? [] : [[name, text!.replace(/^(["'])(.*)\1$/, '$2')] as const];
    });
  });
  return Object.fromEntries(pairs.filter(([name, text]) => /^[A-Za-z_]\w*$/.test(name) && !/\$[{(A-Za-z]/.test(text)));
}

function directoryOf(node: YAMLMap, around: Around): string {
  const defaults = followed(keyed(node, 'defaults'), around);
  const run = isMap(defaults) ? followed(keyed(defaults, 'run'), around) : undefined;
  for (const place of [node, run]) {
    if (!isMap(place)) continue;
    for (const key of DIRECTORIES) {
      const value = followed(keyed(place, key), around);
      // What the service calls the checkout is where everything starts.
      const text = isScalar(value)
        ? String(value.value).replace(/^(\$\{\{[^}]*\}\}|\$\w+|\$\([^)]*\)|~\/\w+)\/?/, '')
        : undefined;
      if (text !== undefined) return resolvePath('', text);
    }
  }
  return around.directory;
}
