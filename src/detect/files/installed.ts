/** Packages that a Dockerfile or a script installs by name, beside what the app's own files declare. */
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { type Requirement, readRequirement } from '../../support/pep508/requirement.js';
import { appDockerfile, DOCKERFILES } from './app-dockerfile.js';
import { readCommandLine } from './command-line.js';
import { type InstructionBody, readInstructions } from './dockerfile-instructions.js';
import { readOptions } from './options.js';
import { programsOf, type RunProgram } from './runners.js';
import { SCRIPTS } from './start-commands.js';
import { type PlacedCommand, readImageCommand } from './web-command.js';

/** Programs that install what they are told, and the words before that. */
const INSTALLERS: readonly (readonly string[])[] = [
  ['pip', 'install'],
  ['pip3', 'install'],
  ['uv', 'pip', 'install'],
  ['uv', 'add'],
  ['poetry', 'add'],
  ['pdm', 'add'],
  ['pipenv', 'install'],
];

/** Options of pip and its like that are followed by a value. */
const TAKING_VALUE =
  '-r --requirement -c --constraint -e --editable -t --target --prefix --root --src -i --index-url --index --default-index --extra-index-url -f --find-links --trusted-host --cache-dir --timeout --retries --root-user-action --no-binary --only-binary --platform --python-version --python -p --group -G --source'.split(
    ' ',
  );

/** A requirement as it is written. */
export interface WrittenRequirement extends Requirement {
  readonly text: string;
}

/** Finds what Dockerfiles and scripts of the source install by name. */
export async function installedByName(tree: Tree): Promise<readonly Sourced<WrittenRequirement>[]> {
  const files = tree.paths.filter(path => DOCKERFILES.test(path) || SCRIPTS.test(path));
  return (await Promise.all(files.map(path => installedIn(tree, path)))).flat();
}

/** Tools that install, build, check or test, which the app does without when it runs. */
const TOOLS =
  /^(pip|setuptools|wheel|poetry(-.*)?|pipenv|uv|pdm|hatch(ling)?|pip-tools|virtualenv|build|cython|ninja|meson|cmake|crudini|supervisor|setuptools-rust|flake8.*|pytest.*|coverage|black|ruff|mypy|pylint|isort|tox|nox|pre-commit|bandit|debugpy|ipdb|ipython|awscli|ansible|httpx-cli|watchdog|unittest-xml-reporting)$/;

/** Finds the packages that the app's own Dockerfile installs by name, each once, but for tools and those that are known. */
export async function besidesInImage(
  tree: Tree,
  known: ReadonlySet<string>,
): Promise<readonly Sourced<WrittenRequirement>[]> {
  const { file, instructions } = await appDockerfile(tree);
  const named = instructions.length === 0 ? [] : await installedIn(tree, file);
  const all = named.filter(({ value: { name } }) => !TOOLS.test(name));
  return all.filter(
    ({ value: { name } }, at) => !known.has(name) && all.findIndex(other => other.value.name === name) === at,
  );
}

async function installedIn(tree: Tree, path: string): Promise<readonly Sourced<WrittenRequirement>[]> {
  const text = (await tree.read(path)) ?? '';
  if (!/\b(pip3?|uv|poetry|pdm|pipenv)\b/.test(text)) return [];
  const commands: readonly PlacedCommand[] = SCRIPTS.test(path)
    ? [{ command: await readCommandLine(text), place: { file: path, line: 1 } }]
    : await runCommands(text, path);
  const found = commands.map(async ({ command, place }) => {
    const programs = (await Promise.all(command.commands.map(one => programsOf(one)))).flat();
    return programs.flatMap(program =>
      namedBy(program).map(value => ({ value, place: { ...place, line: (place.line ?? 1) + program.line } })),
    );
  });
  return (await Promise.all(found)).flat();
}

/** What instructions of a Dockerfile give variables, the last value of each. */
export function variablesIn(instructions: readonly InstructionBody[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    instructions.flatMap(body => {
      if (body.kind === 'env') return body.values;
      return body.kind === 'arg' && body.value !== undefined ? [[body.name, body.value] as const] : [];
    }),
  );
}

/** The commands of a Dockerfile, with the values that it gives variables before each: `pip install "uwsgi==$UWSGI_VERSION"`. */
async function runCommands(text: string, file: string): Promise<readonly PlacedCommand[]> {
  const instructions = readInstructions(text);
  const runs = instructions.flatMap(({ line, ...body }, at) =>
    body.kind === 'run' ? [{ value: body.command, variables: variablesIn(instructions.slice(0, at)), line }] : [],
  );
  return Promise.all(
    runs.map(async ({ value, line, ...given }) => ({
      command: await readImageCommand(value, given),
      place: { file, line },
    })),
  );
}

/** What a program installs by name, but for tools. */
export function packagesNamedBy(run: RunProgram): readonly WrittenRequirement[] {
  return namedBy(run).filter(({ name }) => !TOOLS.test(name));
}

function namedBy({ program, args }: RunProgram): readonly WrittenRequirement[] {
  const words = [program, ...args.map(({ text }) => text)];
  const installer = INSTALLERS.find(verbs => verbs.every((verb, at) => words[at] === verb));
  if (!installer) return [];
  const { operands } = readOptions(args.slice(installer.length - 1), TAKING_VALUE);
  return operands.flatMap(({ text, isKnown }) => {
    const requirement = isKnown ? readRequirement(text) : undefined;
    return requirement ? [{ ...requirement, text }] : [];
  });
}
