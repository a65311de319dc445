/** What is said of the test suites. */
import type { Configured } from '../../config/load.js';
import { defined } from '../../source/defined.js';
import type { NodeSuiteFacts, SuiteFacts } from '../facts.js';
import { type ExplainedRow, factValue, rowOfAll } from './rows.js';

/** A suite that Python runs: its command, what it needs and what is left out of it. */
export function suiteRow({
  name,
  command,
  place,
  browser,
  groups,
  tools = [],
  without = [],
  app,
  options,
  blocked,
  leftOut = [],
  why,
  env = {},
  directory,
  optionsLeft,
}: SuiteFacts): readonly ExplainedRow[] {
  return rowOfAll(name, [
    defined({ value: spoken(command), place, why, key: `suites.${name}.command` }),
    ...(directory === undefined ? [] : [{ value: `in ${directory}`, place }]),
    ...Object.entries(env).map(([variable, value]) => ({
      value: `${variable}=${value}`,
      place,
      key: `suites.${name}.env.${variable}`,
    })),
    ...(optionsLeft ? [factValue({ ...optionsLeft, value: `without ${optionsLeft.value}` })] : []),
    ...(browser ? [factValue({ ...browser, value: `playwright ${browser.value}` })] : []),
    ...(groups ? [{ value: `groups ${groups.join(', ')}` }] : []),
    ...tools.map(tool => factValue({ ...tool, value: `brought ${tool.value.replace('==', ' ')}` })),
    ...(app ? [factValue({ ...app, value: `with the app's code: ${app.value}` })] : []),
    ...(blocked
      ? [factValue({ ...blocked, value: `not run: its tests start containers themselves, with ${blocked.value}` })]
      : []),
    ...summed(leftOut).map(file => factValue({ ...file, value: `without ${file.value}` })),
    ...(options ? [factValue({ ...options.left, value: `without ${options.left.value}` })] : []),
    ...without.map(file => factValue({ ...file, value: `without ${file.value}` })),
  ]);
}

/** How many files are named that are left out for one reason. */
const NAMED = 5;

/** The first of many that are left out for the same reason, and how many more there are. */
function summed(files: NonNullable<SuiteFacts['leftOut']>): NonNullable<SuiteFacts['leftOut']> {
  const reasons = [...new Set(files.map(({ why }) => why))];
  return reasons.flatMap(reason => {
    const same = files.filter(({ why }) => why === reason);
    const [first, more] = [same.slice(0, NAMED), same.length - NAMED];
    return more > 1 ? [...first, { ...first[0]!, value: `${more} more` }] : same;
  });
}

/** A command as people type it. */
function spoken(command: readonly string[]): string {
  const isScript = command[0] === 'sh';
  return command.map(word => (/\s/.test(word) && !isScript ? `"${word}"` : word)).join(' ');
}

/** A suite that Node runs. */
export function nodeSuiteRow({
  name,
  program,
  place,
  browser,
  mended,
  ownServer,
  env = [],
}: NodeSuiteFacts): readonly ExplainedRow[] {
  return rowOfAll(name, [
    { value: program.join(' '), place, key: `suites.${name}.command` },
    ...(browser ? [factValue({ ...browser, value: `playwright ${browser.value}` })] : []),
    ...(mended ? [factValue(mended)] : []),
    ...(ownServer ? [factValue(ownServer)] : []),
    ...env.map(({ variable }) => factValue(variable)),
  ]);
}

/** The start of the built image, which every app has unless it is told not to. */
export function smokeRow({ config }: Configured): readonly ExplainedRow[] {
  if (config.suites?.smoke === false) return [];
  const why = 'with its services, after each build';
  return [{ name: 'smoke', value: 'the image starts and answers', why, key: 'suites.smoke' }];
}
