/** What is said of steps of the app's own deployment that are not done here. */
import type { Facts, LeftStep } from '../facts.js';
import { type ExplainedRow, rowOf } from './rows.js';

interface Words {
  readonly name: string;
  readonly why: string;
  readonly key?: string;
}

const WORDS: Readonly<Record<LeftStep['kind'], Words>> = {
  file: { name: 'not followed', why: 'it is not known to be the one of the app' },
  build: { name: 'not run', why: 'its own container runs it while it is made', key: 'build.commands' },
  copy: { name: 'not copied', why: 'its own container has it there', key: 'build.commands' },
  start: { name: 'not run', why: 'its own container runs it at each start' },
  script: { name: 'not run', why: 'its own container runs it whenever it starts', key: 'migrate' },
  hook: { name: 'not run', why: 'a platform runs it', key: 'migrate' },
  package: { name: 'not installed', why: 'its own container has it', key: 'native.runtime' },
  service: { name: 'not run', why: 'which the compose file runs of the app', key: 'components' },
  container: { name: 'not run', why: 'which the app has beside it in the compose file', key: 'services' },
};

/** The steps of some kinds, in their order. */
export function leftRows({ left = [] }: Facts, ...kinds: readonly LeftStep['kind'][]): readonly ExplainedRow[] {
  return left.filter(({ kind }) => kinds.includes(kind)).flatMap(leftRow);
}

function leftRow({ kind, name, value, place, why = WORDS[kind].why }: LeftStep): readonly ExplainedRow[] {
  const of = WORDS[kind];
  return name === undefined
    ? rowOf(of.name, { value, place, why }, of.key)
    : rowOf(of.name, { value, place, why: `${name}, ${why}` }, `${of.key}.${name}`);
}
