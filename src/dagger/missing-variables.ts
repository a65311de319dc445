/** What Python and the libraries for settings say of a variable that has no value, or one that will not do. */
import type { MissingVariable } from '../diagnostics/messages/run.js';
import type { Plan, Variable } from '../plan/types.js';
import type { PythonError } from './traceback.js';

/** Each says it in words of its own; the name is the first group. */
const UNSET: readonly RegExp[] = [
  // Starlette
  /^KeyError: "Config '(\w+)' is missing, and has no default\."/,
  // django-environ
  /ImproperlyConfigured: Set the (\w+) environment variable/,
  // python-decouple
  /UndefinedValueError: (\w+) not found\. Declare it as envvar/,
  // environs
  /Env(?:NotSet)?Error: Environment variable "(\w+)" not set/,
  // dynaconf
  /ValidationError: (\w+) is required in env /,
  // Flask
  /RuntimeError: The environment variable '(\w+)' is not set/,
];

const REFUSED: readonly RegExp[] = [
  /EnvValidationError: Environment variable "(\w+)" invalid/,
  /ImproperlyConfigured: Environment variable "?(\w+)"? .*(?:invalid|could not)/i,
];

/** What people write in errors of their own. */
const IN_WORDS =
  /not set|missing|must be (?:set|provided|defined|specified)|must not be empty|required|undefined|is empty|not (?:found|defined|configured|provided|specified)|no value/i;

/** Finds the variables that an error is about; none when it is about something else. */
export function missingVariables(
  error: PythonError,
  { variables }: Pick<Plan, 'variables'>,
): readonly MissingVariable[] {
  const { type, message } = error;
  const said = `${type}: ${message}`;
  const unset = UNSET.flatMap(pattern => pattern.exec(said)?.[1] ?? [])[0] ?? keyOfEnviron(error, variables);
  if (unset !== undefined) return [told(unset, 'unset', variables)];
  const refused = REFUSED.flatMap(pattern => pattern.exec(said)?.[1] ?? [])[0];
  if (refused !== undefined) return [told(refused, 'refused', variables)];
  const fields = type.endsWith('ValidationError') ? fieldsOf(message, variables) : [];
  if (fields.length > 0) return fields;
  return inWords(error, variables) ?? ofNone(error, variables) ?? madeUp(error, variables);
}

/** The key that os.environ does not have: the error comes from its module, or names a variable that is known. */
function keyOfEnviron({ type, message, frames }: PythonError, variables: readonly Variable[]): string | undefined {
  const name = type === 'KeyError' ? /^'([A-Za-z_]\w*)'(?:\n|$)/.exec(message)?.[1] : undefined;
  const isEnviron = /^(<frozen os>|.*\/os\.py)$/.test(frames.at(-1)?.file ?? '');
  return name !== undefined && (isEnviron || known(name, variables)) ? name : undefined;
}

/** What pydantic says of each field: its name in a line, and in the next one what it lacks. */
function fieldsOf(message: string, variables: readonly Variable[]): readonly MissingVariable[] {
  const found = [...message.matchAll(/^([A-Za-z_][\w.]*)\n {2}(.+)$/gm)];
  return found.flatMap(([, field = '', what = '']) => {
    const name = variableOf(field, variables);
    if (name === undefined) return [];
    return [/field required/i.test(what) ? told(name, 'unset', variables) : told(name, 'refused', variables)];
  });
}

/** The variable that a field of settings is read from: it may have a prefix. */
function variableOf(field: string, variables: readonly Variable[]): string | undefined {
  const wanted = field.replaceAll('.', '_').toLowerCase();
  const names = variables.map(({ name }) => name);
  const plain = (name: string) => name.toLowerCase().replaceAll('__', '_');
  return names.find(name => plain(name) === wanted) ?? names.find(name => plain(name).endsWith(`_${wanted}`));
}

function inWords({ message }: PythonError, variables: readonly Variable[]): readonly MissingVariable[] | undefined {
  if (!IN_WORDS.test(message)) return undefined;
  const words = new Set(message.match(/[A-Za-z_]\w*/g));
  const named = variables.filter(({ name, service }) => words.has(name) && /[A-Z]/.test(name) && service === undefined);
  return named.length === 0 ? undefined : named.map(({ name }) => told(name, 'unset', variables));
}

/** What was asked of None, where the line that did so reads a variable. */
function ofNone(
  { message, frames }: PythonError,
  variables: readonly Variable[],
): readonly MissingVariable[] | undefined {
  if (!message.includes('NoneType')) return undefined;
  const read = frames
    .toReversed()
    .flatMap(({ code }) => /(?:getenv|environ\.get)\(\s*["'](\w+)["']/.exec(code)?.[1] ?? []);
  return read[0] === undefined ? undefined : [told(read[0], 'unset', variables)];
}

/** A value that was made up for a trial, where the error quotes it: of several alike those that the code on the way names. */
function madeUp({ message, frames }: PythonError, variables: readonly Variable[]): readonly MissingVariable[] {
  const quoted = new Set([...message.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, one, two]) => one ?? two));
  const alike = variables.filter(({ trial }) => trial !== undefined && quoted.has(trial));
  const named = alike.filter(({ name }) => frames.some(({ code }) => code.includes(name)));
  return (named.length > 0 ? named : alike).map(({ name }) => told(name, 'refused', variables));
}

function known(name: string, variables: readonly Variable[]): boolean {
  return variables.some(variable => variable.name === name);
}

/** What is told of a variable: where a made-up value stood in for one, that it would not do. */
function told(name: string, lack: MissingVariable['lack'], variables: readonly Variable[]): MissingVariable {
  const { trial } = variables.find(variable => variable.name === name) ?? {};
  return trial === undefined ? { name, lack } : { name, lack: 'refused', value: trial };
}
