/** Configurations for people that the code has beside the one it falls back to: `config[os.getenv("FLASK_CONFIG", "default")]`. */
import type { Sourced } from '../../source/sourced.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';

const FOR_PEOPLE = /^(prod|production|prd|live)$/i;

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
  const own = modules.filter(({ isTest }) => !isTest);
  const tables = own.flatMap(module => module.statements.flatMap(statement => tableOf(module, statement) ?? []));
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

/** `config = {"development": DevelopmentConfig, "production": ProductionConfig}`. */
function tableOf(module: PythonModule, { tokens, scope }: PythonModule['statements'][number]) {
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
  return { keys: pairs.map(({ key }) => key), forPeople: forPeople.key, usual, place };
}
