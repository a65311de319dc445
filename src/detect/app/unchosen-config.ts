/** Configurations for people that the code has beside the one it falls back to: `config[os.getenv("FLASK_CONFIG", "default")]`. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';

/** Words for what people use. */
export const FOR_PEOPLE = /^(prod|production|prd|live)$/i;

const MENTIONS_PEOPLE = /prod|prd|live/i;

/** Names of what is looked up: `config`, `config_by_name`, `APP_CONFIGS`. */
const CONFIGS = /config|settings/i;

/**
 * Finds the variables whose default is a key of a table of configurations with another key for people. Only the deployment says which is
 * meant, so they are told of where nothing gives them.
 */
export function unchosenConfigs(
  modules: readonly PythonModule[],
  reads: readonly EnvRead[],
  given: readonly string[],
): readonly Sourced<string>[] {
  const tables = configTables(modules.filter(({ isTest }) => !isTest));
  const names = new Set<string>();
  return tables.flatMap(({ keys, forPeople, usual, place }) =>
    reads.flatMap(({ name, fallback }) => {
      const isUsual = fallback !== undefined && keys.includes(fallback) && !FOR_PEOPLE.test(fallback);
      if (!isUsual || (fallback === 'default' && usual) || given.includes(name) || names.has(name)) return [];
      names.add(name);
      const why = `the code falls back to "${fallback}": set it where people use the app`;
      return [{ value: `${name}=${forPeople}`, place, why }];
    }),
  );
}

/** A table of configurations: `config = {"development": DevelopmentConfig, "production": ProductionConfig}`. */
export interface ConfigTable {
  readonly name: string;
  readonly keys: readonly string[];
  /** The key of the one for people, and where it stands. */
  readonly forPeople: string;
  readonly place: Place;
  /** Whether it is the one by the name of `default`, too. */
  readonly usual: boolean;
}

/** Finds the tables that have a configuration for people. */
export function configTables(modules: readonly PythonModule[]): readonly ConfigTable[] {
  const likely = modules.filter(({ text }) => MENTIONS_PEOPLE.test(text) && CONFIGS.test(text));
  return likely.flatMap(module => module.statements.flatMap(statement => tableOf(module, statement) ?? []));
}

function tableOf(module: PythonModule, { tokens, scope }: PythonModule['statements'][number]): ConfigTable | undefined {
  const [name, equals, open] = tokens;
  const isTable =
    scope.length === 0 && CONFIGS.test(name?.text ?? '') && equals?.text === '=' && /^({|dict)$/.test(open?.text ?? '');
  if (!isTable) return undefined;
  const pairs = tokens.flatMap((key, at) => {
    const isPair = /^[:=]$/.test(tokens[at + 1]?.text ?? '') && at > 1 && tokens[at + 2]?.kind === 'name';
    return isPair ? [{ key: key.text, value: tokens[at + 2]!.text, line: key.line }] : [];
  });
  const forPeople = pairs.find(({ key }) => FOR_PEOPLE.test(key));
  if (!forPeople) return undefined;
  const usual = pairs.some(({ key, value }) => key === 'default' && value === forPeople.value);
  const place = { file: module.path, line: forPeople.line };
  return { name: name!.text, keys: pairs.map(({ key }) => key), forPeople: forPeople.key, usual, place };
}
