/** The variable by which settings choose those for people, among the values that the deployment gives. */
import { defined } from '../../source/defined.js';
import type { EnvRead } from '../code/env-read.js';
import type { GivenValue } from '../facts.js';
import { ciLines } from '../files/ci-files.js';
import type { Project } from '../project.js';
import { configChoice } from './config-choice.js';
import { type SettingsChoice, settingsChoice } from './settings-choice.js';

const OF_DEVELOPERS = /^(dev(el(op(ment)?)?)?|local|debug)$/i;

/** Values that tests and developers have, the best for tests first. */
const ELSEWHERE = [/^(tests?|testing|ci)$/i, OF_DEVELOPERS];

/** What values are put together of. */
export interface ChosenEnvironment {
  /** The settings module that the app is served with. */
  readonly settings: string | undefined;
  readonly reads: readonly EnvRead[];
  readonly environment: readonly GivenValue[];
  /** Names that have their values from elsewhere. */
  readonly others: readonly string[];
}

/**
 * Adds the value that leads to the settings for people, unless the deployment says another. Only the published image has it: tests and
 * developers have what CI tests with, what an example or a developers' compose file says, and else what the code falls back to.
 */
export async function withChosenSettings(
  project: Project,
  { settings, reads, environment, others }: ChosenEnvironment,
): Promise<readonly GivenValue[]> {
  const choice = settingsChoice(project.modules, settings) ?? configChoice(project.modules, reads);
  if (choice === undefined || others.includes(choice.variable)) return environment;
  const { variable, value, place } = choice;
  const given = environment.find(({ name }) => name === variable);
  const isSaid = given && !isForDevelopers(given);
  // What the image has everywhere, or leads to no branch that is known, is as it was meant.
  if (isSaid && (given.inImage || !choice.values.includes(given.value.value))) return environment;
  const elsewhere = isSaid ? undefined : given?.value.value;
  const tests = (await valueInCi(project, choice)) ?? elsewhere ?? withoutOne(choice);
  const usual = elsewhere ?? choice.fallback ?? ofDevelopers(choice);
  const developers = tests === undefined || usual === tests ? undefined : usual;
  const has = `tests have ${tests ?? choice.fallback ?? 'none'}`;
  const chosen = isSaid
    ? { ...given.value, why: `${given.value.why ?? 'as it is said'}; ${has}` }
    : { value, place, why: `leads to the settings for people; ${has}` };
  const own = { name: variable, value: chosen, inImage: true, forPeople: defined({ tests, developers }) };
  return [...environment.filter(({ name }) => name !== variable), own];
}

/** Whether a value that is given leads developers, or tests, to their settings. */
function isForDevelopers({ value }: GivenValue): boolean {
  return ELSEWHERE.some(words => words.test(stageOf(value.value)));
}

/** The stage that a value names: of `config.TestingConfig` it is `Testing`. */
function stageOf(value: string): string {
  return value
    .slice(value.lastIndexOf('.') + 1)
    .replace(/^(Config|Settings)(?=[A-Z])|(?<=[a-z])(Config(uration)?|Settings)$/, '');
}

/** What has to be there where the code has nothing in its place. */
function withoutOne({ isOptional, values }: SettingsChoice): string | undefined {
  return isOptional ? undefined : ELSEWHERE.flatMap(words => values.find(value => words.test(stageOf(value))) ?? [])[0];
}

function ofDevelopers({ values }: SettingsChoice): string | undefined {
  return values.find(value => OF_DEVELOPERS.test(stageOf(value)));
}

/** The one value that the files of CI give, if the code asks for it. */
async function valueInCi({ tree }: Project, { variable, values }: SettingsChoice): Promise<string | undefined> {
  const named = new RegExp(`(^|[^\\w])${variable}["']?\\s*[:=]\\s*["']?([\\w.-]+)`);
  const found = (await ciLines(tree)).flatMap(({ text }) => named.exec(text)?.[2] ?? []);
  const fitting = new Set(found.filter(value => values.includes(value)));
  return fitting.size === 1 ? [...fitting][0] : undefined;
}
