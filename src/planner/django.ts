/** Django's steps and variables. */
import type { AssetCommand, Facts } from '../detect/facts.js';
import { fillTemplate } from '../plan/template.js';
import type { Need, ServiceSpec, Step } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { quoteWords } from '../source/quote-words.js';
import { NOBODYS_SECRET } from '../support/value-kinds.js';
import { dataDirectories } from './data.js';
import { USER } from './paths.js';
import { shell } from './shell.js';
import { secretsOf, valuesElsewhere } from './variables.js';

/** What static files are collected with. */
export interface Collecting {
  readonly needs: readonly Need[];
  readonly services: readonly ServiceSpec[];
  /** Variables that the image does not have. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is read to give Django's settings all that they ask for. */
type SettingsFacts = Pick<Facts, 'django' | 'secrets' | 'needed' | 'volumes' | 'root'>;

/** Laid before static files are collected, to know what came after it. */
const BEFORE = '/tmp/quayside-before';

/** Lines around those that read settings as root: a log that these open lies where the app writes, and is the app's. */
function leftToApp(facts: SettingsFacts, lines: readonly string[]): readonly string[] {
  const directories = dataDirectories(facts);
  if (directories.length === 0) return lines;
  const left = `find ${quoteWords(directories)} -newer ${BEFORE} ! -type l`;
  return [`touch ${BEFORE}`, ...lines, `${left} -exec chown ${USER.id}:0 {} + -exec chmod g=u {} +`, `rm ${BEFORE}`];
}

/**
 * The step that collects static files where the source lies, while root may still write there. Settings are read for that, so
 * secrets and addresses have values that are no one's, for this command only.
 */
export function collectStatic(facts: SettingsFacts, collecting: Collecting): readonly Step[] {
  const { collectStatic: collect, assets = [] } = facts.django ?? {};
  if (collect === undefined) return [];
  const [python = 'python', manage = 'manage.py'] = collect.value;
  const made = (wanted: AssetCommand['order']) =>
    assets.flatMap(({ value, order }) => (order === wanted ? [[python, manage, ...value]] : []));
  const commands = [...made('before'), collect.value, ...made('behind')];
  const collected = commands.map(command => withSettings(facts, collecting, command));
  const step = shell('collect static files', leftToApp(facts, collected));
  return [{ ...step, fails: { kind: 'app' } }];
}

/** Where collected files are copied to, wherever the settings say that they are collected. */
export const GATHERED = '/opt/static';

const GATHER = [
  'import os, shutil',
  'from django.conf import settings',
  `os.path.isdir(settings.STATIC_ROOT) and shutil.copytree(settings.STATIC_ROOT, "${GATHERED}", dirs_exist_ok=True)`,
].join('; ');

/** The steps that copy what was collected to a place that is known, for everybody to read. */
export function gatherStatic(facts: SettingsFacts, collecting: Collecting): readonly Step[] {
  const [python = 'python', manage = 'manage.py'] = facts.django?.collectStatic?.value ?? [];
  return [
    { kind: 'user', user: 'root' },
    shell('gather the static files', [
      `mkdir -p ${GATHERED}`,
      withSettings(facts, collecting, [python, manage, 'shell', '-c', GATHER]),
      `chmod -R a+rX ${GATHERED}`,
    ]),
  ];
}

/** A command as it is run where Django's settings, or the app's own, may be read. */
export function withSettings(
  facts: SettingsFacts,
  { needs, services, env }: Collecting,
  command: readonly string[],
): string {
  const ports = new Map(services.map(({ id, ports: [port] }) => [id, `${port}`]));
  const addresses = needs.flatMap(({ to, env }) =>
    Object.entries(env).map(
      ([name, template]) =>
        `${name}=${fillTemplate(template, { host: to, port: ports.get(to) ?? '', password: 'none' })}`,
    ),
  );
  const own = secretsOf(facts).map(name => `${name}=${NOBODYS_SECRET}`);
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return quoteWords(['env', ...own, ...given, ...addresses, ...command]);
}

/**
 * The variable goes before pytest's own configuration: where that names other settings, they are set. So is one by which settings choose,
 * where the tests have another value than people.
 */
export function testSettings({ django, environment }: Pick<Facts, 'django' | 'environment'>): readonly Step[] {
  const values = defined({
    ...valuesElsewhere(defined({ environment }), 'tests'),
    DJANGO_SETTINGS_MODULE: django?.testSettings?.value,
  });
  return Object.keys(values).length === 0 ? [] : [{ kind: 'env', values }];
}

/** Variables of a test or trial run: it goes by whatever name it is called, which the published image does not. */
export function trialEnv({ django }: Pick<Facts, 'django'>): Readonly<Record<string, string>> {
  const hosts = django?.hosts?.value;
  return hosts === undefined ? {} : { [hosts]: '*' };
}
