/** Files that say how the app is started, and so which of several apps is meant. */

import { defined } from '../../source/defined.js';
import { isTomlFile, parseToml, stringAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import { readReference } from '../../support/app-object.js';
import type { AppNaming } from '../../support/frameworks/definition.js';
import { RUN_SERVERS } from '../../support/run-servers.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { argumentsOf, callsIn, literalString, qualify } from '../code/module.js';
import { readOptions } from '../files/options.js';
import { isPython, type RunProgram } from '../files/runners.js';
import { serverCommand } from '../files/server-command.js';
import { START_FILES, type StartFiles, startFilesIn } from '../files/start-commands.js';
import { programsStarted } from '../files/web-command.js';
import type { Project } from '../project.js';

/** What names an app, or the module that starts it. */
export interface NamedApp {
  readonly module: string;
  readonly attribute?: string;
}

/** What the app's own files name, a list for each kind of file that names any; those that decide first come first. */
export async function appsNamedAtStart(project: Project): Promise<readonly (readonly NamedApp[])[]> {
  const trees = project.source === project.tree ? [project.tree] : [project.tree, project.source];
  const namings = WEB_FRAMEWORKS.flatMap(([, { namesApp }]) => namesApp ?? []);
  const named = await Promise.all(namings.map(naming => inTrees(trees, tree => appNamed(tree, naming))));
  const started = await Promise.all(START_FILES.map(files => inTrees(trees, tree => appsStarted(tree, files))));
  const [procfile = [], image = [], ...others] = started;
  return [...named, procfile, startedInCode(project), image, ...others].filter(list => list.length > 0);
}

async function inTrees(
  trees: readonly Tree[],
  find: (tree: Tree) => Promise<readonly NamedApp[]>,
): Promise<readonly NamedApp[]> {
  return (await Promise.all(trees.map(find))).flat();
}

/** Files of variables: the framework's own first, then those that everything is started with. */
const VARIABLES = /^\.env(\.(example|sample|template|dist|prod|production|docker))?$/;

async function appNamed(tree: Tree, naming: AppNaming): Promise<readonly NamedApp[]> {
  const files = [naming.file, ...(naming.kind === 'variable' ? tree.paths.filter(path => VARIABLES.test(path)) : [])];
  for (const file of files) {
    const text = await tree.read(file);
    const written = text === undefined ? undefined : writtenName(text, naming);
    const app = written === undefined ? undefined : namedBy(written);
    if (app) return [app];
  }
  return [];
}

function writtenName(text: string, naming: AppNaming): string | undefined {
  switch (naming.kind) {
    case 'variable':
      return new RegExp(`^\\s*(?:export\\s+)?${naming.variable}\\s*=\\s*["']?([^"'#\\s]+)`, 'm').exec(text)?.[1];
    case 'toml': {
      const parsed = parseToml(naming.file, text, 'QS206');
      return isTomlFile(parsed) ? stringAt(parsed.data, ...naming.table, naming.key) : undefined;
    }
  }
}

/** An app as programs take its name: `shop.web:app`, a path such as `shop/web.py`, or both. */
function namedBy(written: string): NamedApp | undefined {
  const [, path = '', rest = ''] = /^([^:]*)(:.*)?$/.exec(written) ?? [];
  const module = path
    .replace(/^\.\//, '')
    .replace(/(\/__init__)?\.py$/, '')
    .replaceAll('/', '.');
  return readReference(`${module}${rest}`);
}

async function appsStarted(tree: Tree, files: StartFiles): Promise<readonly NamedApp[]> {
  const read = startFilesIn(tree, files).map(async path => {
    const text = (await tree.read(path)) ?? '';
    const programs = await programsStarted(tree, await files.commands(text, path));
    return [...appsInVariables(text), ...programs.flatMap(({ program }) => appsStartedBy(program))];
  });
  return (await Promise.all(read)).flat();
}

/** `FLASK_APP=shop` in any of the forms that files have for variables. */
function appsInVariables(text: string): readonly NamedApp[] {
  return WEB_FRAMEWORKS.flatMap(([, { namesApp }]) => {
    if (namesApp?.kind !== 'variable') return [];
    const set = new RegExp(`\\b${namesApp.variable}(?:\\s*[=:]\\s*|[ \\t]+)["']?([\\w./:()-]+)`, 'g');
    return [...text.matchAll(set)].flatMap(([, written = '']) => namedBy(written) ?? []);
  });
}

/** The app that a program starts: a server, a framework's own program, or a module of the source itself. */
function appsStartedBy(program: RunProgram): readonly NamedApp[] {
  const app = serverCommand(program)?.app;
  if (app) return app.attribute === undefined ? [] : [app];
  const own = WEB_FRAMEWORKS.flatMap(([, { program: known }]) => (known?.name === program.program ? [known] : []))[0];
  if (own) {
    const { options, operands } = readOptions(program.args, own.takingValue);
    const named = options.findLast(({ name }) => own.options.includes(name))?.value?.text;
    const path = own.verbs?.includes(operands[0]?.text ?? '') ? operands[1]?.text : undefined;
    return [named ?? path].flatMap(written => (written === undefined ? [] : (namedBy(written) ?? [])));
  }
  // `python -m shop` has the module in place of the program.
  const script = isPython(program.program) ? program.args.find(({ text }) => !text.startsWith('-'))?.text : undefined;
  if (script?.endsWith('.py')) return [namedBy(script)].flatMap(named => named ?? []);
  const isModule = isPython(program.path.split('/').at(-1)!) && !isPython(program.program);
  return isModule ? [{ module: program.program }, { module: `${program.program}.__main__` }] : [];
}

/** `uvicorn.run("shop.main:app")`. */
function startedInCode({ modules }: Project): readonly NamedApp[] {
  const starters = new Set(RUN_SERVERS.flatMap(([, { starter }]) => starter ?? []));
  const calls = modules
    .filter(({ isTest }) => !isTest)
    .flatMap(module =>
      module.statements.flatMap(({ tokens }) =>
        callsIn(tokens)
          .filter(({ callee }) => starters.has(qualify(module, callee)))
          .map(({ open }) => argumentsOf(tokens, open)[0]),
      ),
    );
  return calls.flatMap(first => {
    const app = readReference((first && literalString(first.tokens)) ?? '');
    return app?.attribute === undefined ? [] : [defined({ module: app.module, attribute: app.attribute })];
  });
}
