/** The services of the plan, one each, and what they are needed for: the variables that hold their addresses. */
import type { Config } from '../config/schema.js';
import type { OwnService } from '../config/services.js';
import type { AddressPart, ServiceFacts, ServiceKind, ServiceVariantFacts } from '../detect/facts.js';
import type { Need, PasswordFile, PlanFile, ServiceSpec, Template, TemplatePart } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import type { RunServiceDefinition } from '../support/services/definition.js';
import { SERVICES } from '../support/services/index.js';
import { EMAIL } from '../support/value-kinds.js';
import { type Catalogue, type CatalogueEntry, imageOf } from './catalogue.js';

/** Services with what they bring and what they are needed for. */
export interface PlannedServices {
  readonly services: readonly ServiceSpec[];
  /** The need of an app that uses all of them. */
  readonly needs: readonly Need[];
  /** Names of their hosts by their kinds. */
  readonly hosts: ReadonlyMap<string, string>;
  /** What its tests need beside it: addresses of the same by variables that only they read. */
  readonly needsOfTests: readonly Need[];
  /** The files that their images read, by the names that the services call them. */
  readonly files: Readonly<Record<string, PlanFile>>;
}

/** Looks up what the app needs, in the versions that the configuration or the app's own files ask for. */
export function planServices(
  found: readonly ServiceFacts[],
  configured: Config['services'],
  catalogue: Catalogue,
): PlannedServices {
  const own = Object.entries(configured?.own ?? {});
  const planned = found.map(facts => {
    const entry = catalogue(facts.kind);
    const options = configured?.[facts.kind];
    const version = (options ? options.version : undefined) ?? facts.version?.value;
    const image = options ? options.image : undefined;
    return {
      facts,
      entry,
      image: image ?? (facts.variant ? variantImage(facts.variant, entry, version) : imageOf(entry, version)),
    };
  });
  return {
    services: [
      ...planned.map(({ facts, entry, image }) => specOf(facts, entry, image)),
      ...own.map(([name, options]) => ownSpec(name, options)),
    ],
    needs: [
      ...planned.map(({ facts, entry }) => ({ to: hostOf(facts), env: variablesOf(facts, entry) })),
      ...own.map(([name, { variable, value }]) => ({ to: name, env: { [variable]: ownTemplate(value) } })),
    ],
    hosts: new Map(found.map(facts => [facts.kind, hostOf(facts)])),
    needsOfTests: planned.flatMap(({ facts: { addresses: _, parts: __, inTests, ...facts }, entry }) =>
      inTests
        ? [{ to: hostOf(facts), env: variablesOf({ ...facts, ...inTests }, inTests.named ? ofTests(entry) : entry) }]
        : [],
    ),
    files: Object.fromEntries(planned.flatMap(({ entry }) => [...filesOf(entry), ...trialFilesOf(entry)])),
  };
}

/** A service by the database that it has for tests alone, where it has one: beside the app's, and called after it. */
function ofTests(entry: CatalogueEntry): CatalogueEntry {
  const hasOwn = entry.trialFiles.some(({ path }) => path.endsWith('/test-databases.sql'));
  return hasOwn && entry.path !== undefined ? { ...entry, path: `${entry.path}_test` } : entry;
}

/** Name of the host that a service is reached by: the one that the code has, else that of its kind. */
function hostOf({ kind, fixed }: Pick<ServiceFacts, 'kind' | 'fixed'>): string {
  return fixed?.value ?? kind;
}

/** The image of a variant, for the major version that is asked for or that the catalogue has. */
function variantImage({ image }: ServiceVariantFacts, entry: CatalogueEntry, version?: string): string {
  const asked = version ?? entry.image.replace(/^.*:/, '');
  return image.replace('{version}', /^\d+/.exec(asked)?.[0] ?? asked);
}

function specOf(facts: ServiceFacts, entry: CatalogueEntry, image: string): ServiceSpec {
  const { env, passwordVariable, passwordFile, ports, health, data, tmp, command, testCommand } = entry;
  // A run's data dies with it, so nothing of it has to survive a power cut.
  const trial = defined({ args: testCommand, memory: data === undefined ? undefined : [data] });
  const others = unlessEmpty(defined({ files: unlessEmpty(namesOf(trialFilesOf(entry))) }));
  return defined({
    id: hostOf(facts),
    image,
    env,
    password: passwordVariable,
    passwordFile: passwordFile === undefined ? undefined : passwordFileOf(passwordFile),
    ports,
    probe: { kind: 'exec' as const, check: health },
    data,
    tmp,
    args: command,
    files: namesOf(filesOf(entry)),
    seenByBrowsers: SERVICES[facts.kind].seenByBrowsers,
    profiles: defined({ test: defined({ ...trial, ...others }), serve: trial, dev: others }),
  });
}

function passwordFileOf(file: NonNullable<CatalogueEntry['passwordFile']>): PasswordFile {
  if (typeof file === 'string') return { kind: 'variable', name: file };
  const [before = '', after = ''] = file.content.split('{password}');
  return { kind: 'settings', path: file.path, content: [text(before), { kind: 'password' }, text(after)] };
}

/** How often a command of the configuration is asked whether a service is ready. */
const PATIENCE = { interval: '5s', timeout: '5s', startPeriod: '90s', startInterval: '500ms', retries: 6 } as const;

/** A service that is only known by its configuration. */
function ownSpec(id: string, { image, port, health, env = {}, data }: OwnService): ServiceSpec {
  const trial = { memory: data === undefined ? [] : [data] };
  return defined({
    id,
    image,
    env,
    ports: [port],
    probe: health ? { kind: 'exec' as const, check: { args: health, ...PATIENCE } } : { kind: 'tcp' as const, port },
    data,
    files: [],
    seenByBrowsers: false,
    profiles: { test: trial, serve: trial },
  });
}

/** `http://{host}:{port}` in parts. */
function ownTemplate(value: string): Template {
  return value
    .split(/(\{host\}|\{port\})/)
    .filter(part => part !== '')
    .map(part => (part === '{host}' ? { kind: 'host' } : part === '{port}' ? { kind: 'port' } : text(part)));
}

type NamedFile = readonly [name: string, file: PlanFile];

const filesOf = ({ id, files }: CatalogueEntry): readonly NamedFile[] => named(id, files);

const trialFilesOf = ({ id, trialFiles }: CatalogueEntry): readonly NamedFile[] => named(id, trialFiles);

const namesOf = (files: readonly NamedFile[]): readonly string[] => files.map(([name]) => name);

function named(id: string, files: CatalogueEntry['files']): readonly NamedFile[] {
  return files.map(({ path, content }) => [`${id}/${path.split('/').at(-1)}`, { path, content, mode: 0o644 }]);
}

function variablesOf({ kind, addresses = [], parts = [], port, variant }: ServiceFacts, catalogued: CatalogueEntry) {
  const entry = { ...catalogued, kind, port, engine: variant?.engine };
  return Object.fromEntries<Template>([
    ...addresses.map(({ variable, scheme }) => [variable.value, addressTemplate(`${scheme.value}://`, entry)] as const),
    ...parts.map(({ part, word, variable }) => [variable.value, partTemplate(part, entry, word)] as const),
  ]);
}

const text = (written: string): TemplatePart => ({ kind: 'text', text: written });

/** A service as an app's address names it. */
interface Addressed extends CatalogueEntry {
  readonly kind: ServiceKind;
  /** The port that the app talks to, when that is not the first one. */
  readonly port: number | undefined;
  /** Backend of Django's databases, when that is not the service's own. */
  readonly engine: string | undefined;
}

function portTemplate({ port }: Addressed): TemplatePart {
  return port === undefined ? { kind: 'port' } : text(`${port}`);
}

function serverTemplate(entry: Addressed): Template {
  return [{ kind: 'host' }, text(':'), portTemplate(entry)];
}

/** An address such as `mysql://app:PASSWORD@mariadb:3306/app`. */
function addressTemplate(scheme: string, entry: Addressed): Template {
  const { kind, user, path } = entry;
  const { loginApart }: RunServiceDefinition = SERVICES[kind];
  const login: Template =
    user === undefined || loginApart ? [text(scheme)] : [text(`${scheme}${user}:`), { kind: 'password' }, text('@')];
  // `//` is RabbitMQ's "/" to Kombu and "" to pika; all clients go there when nothing is named.
  return [...login, ...serverTemplate(entry), ...(path === undefined || path === '/' ? [] : [text(`/${path}`)])];
}

/** What a variable holds of an address. */
function partTemplate(part: AddressPart, entry: Addressed, word = '0'): Template {
  const { kind, user = '', path = '' } = entry;
  const { djangoEngine = '' }: RunServiceDefinition = SERVICES[kind];
  const templates: Readonly<Record<AddressPart, Template>> = {
    host: [{ kind: 'host' }],
    port: [portTemplate(entry)],
    server: serverTemplate(entry),
    user: [text(user)],
    password: [{ kind: 'password' }],
    database: [text(path)],
    engine: [text(entry.engine ?? djangoEngine)],
    // "0" is false to nearly whatever reads a boolean.
    off: [text(word)],
    choice: [text(word)],
    sender: [text(EMAIL)],
    empty: [text('')],
  };
  return templates[part];
}
