/** A program of the app's own that serves it: where the container runs one, and no server could put the app together as it does. */
import { argumentsOf, callsIn, qualify } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { PythonToken } from '../code/tokens.js';
import type { CommandFacts, EntryPoint } from '../facts.js';
import type { Project } from '../project.js';
import { detectEntry, type EntryContext } from './entry-point.js';
import { deployedCommand } from './web-process.js';

/** Values that a factory has defaults for, or reads from the environment. */
const SETTINGS = /conf|setting|env|mode|debug|test/i;

/**
 * Finds the command of the deployment that runs such a program: the app's factory takes what a server does not have, or gets it there, or
 * the app has no pages before the program runs.
 */
export async function ownProgram(context: EntryContext): Promise<CommandFacts | undefined> {
  const { project } = context;
  if (project.config.server?.entry !== undefined || context.web?.app?.attribute !== undefined) return undefined;
  const deployed = await deployedCommand(project);
  const value = withoutEntrypoint(deployed?.command.value ?? []);
  if (deployed?.port === undefined || !isOwnFile(value, project)) return undefined;
  const entry = await detectEntry(context);
  const isServable = entry.value
    ? !getsObjects(entry.value.entry.value, project)
    : entry.diagnostics.some(({ code }) => code !== 'QS304');
  return isServable ? undefined : { ...deployed, command: { ...deployed.command, value } };
}

/** What comes before the program in a container: scripts of its image, and what passes signals on. */
const BEFORE = /\.sh$|(^|\/)([\w.-]*entrypoint[\w.-]*|tini|dumb-init)$|^--?\w*$/;

function withoutEntrypoint(words: readonly string[]): readonly string[] {
  const at = words.findIndex(word => !BEFORE.test(word));
  return words.slice(Math.max(at, 0));
}

/** Whether a command is Python with a file of the source, or with one of its modules. */
function isOwnFile([program = '', first = '', second = '']: readonly string[], { modules }: Project): boolean {
  if (!/(^|\/)python[\d.]*$/.test(program)) return false;
  const path = first.replace(/^\.?\//, '');
  return modules.some(module =>
    first === '-m' ? module.name === second || module.name === `${second}.__main__` : path.endsWith(module.path),
  );
}

/** Whether the code gives a factory objects that it has made before. */
function getsObjects({ module, attribute, call }: EntryPoint, { modules }: Project): boolean {
  if (call !== 'factory') return false;
  return modules
    .filter(({ isTest }) => !isTest)
    .some(caller =>
      caller.statements.some(
        ({ tokens, scope, guarded }) =>
          (scope.length > 0 || guarded) &&
          callsIn(tokens)
            .filter(({ callee }) => canonicalName(qualify(caller, callee), modules) === `${module}.${attribute}`)
            .flatMap(({ open }) => argumentsOf(tokens, open))
            .some(part => isObject(part.tokens) && !caller.imports.has(part.tokens[0]!.text)),
      ),
    );
}

function isObject(tokens: readonly PythonToken[]): boolean {
  const [only, another] = tokens;
  return only?.kind === 'name' && !another && !/^(None|True|False)$/.test(only.text) && !SETTINGS.test(only.text);
}
