/** The services of the plan, one each, and what they are needed for: the variables that hold their addresses. */
import type { Config } from '../config/schema.js';
import type { AddressPart, ServiceFacts, ServiceKind } from '../detect/facts.js';
import type { Need, PlanFile, ServiceSpec, Template, TemplatePart } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { type Catalogue, type CatalogueEntry, imageOf } from './catalogue.js';

/** Services whose contents are for people to look at. */
const SEEN_BY_BROWSERS: ReadonlySet<ServiceKind> = new Set(['mailpit']);

/** Services with what they bring and what they are needed for. */
export interface PlannedServices {
  readonly services: readonly ServiceSpec[];
  /** The need of an app that uses all of them. */
  readonly needs: readonly Need[];
  /** The files that their images read, by the names that the services call them. */
  readonly files: Readonly<Record<string, PlanFile>>;
}

/** Looks up what the app needs, in the versions that the configuration or the app's own files ask for. */
export function planServices(
  found: readonly ServiceFacts[],
  configured: Config['services'],
  catalogue: Catalogue,
): PlannedServices {
  const planned = found.map(facts => {
    const entry = catalogue(facts.kind);
    const options = configured?.[facts.kind];
    const version = (options ? options.version : undefined) ?? facts.version?.value;
    return { facts, entry, image: imageOf(entry, version) };
  });
  return {
    services: planned.map(({ entry, image }) => specOf(entry, image)),
    needs: planned.map(({ facts, entry }) => ({ to: facts.kind, env: variablesOf(facts, entry) })),
    files: Object.fromEntries(planned.flatMap(({ entry }) => filesOf(entry))),
  };
}

function specOf(entry: CatalogueEntry, image: string): ServiceSpec {
  const { id, env, passwordVariable, ports, health, data, testCommand } = entry;
  // A run's data dies with it, so nothing of it has to survive a power cut.
  const trial = defined({ args: testCommand, memory: data === undefined ? undefined : [data] });
  return defined({
    id,
    image,
    env,
    password: passwordVariable,
    ports,
    probe: { kind: 'exec' as const, check: health },
    data,
    files: filesOf(entry).map(([name]) => name),
    seenByBrowsers: SEEN_BY_BROWSERS.has(id as ServiceKind),
    profiles: { test: trial, serve: trial },
  });
}

function filesOf({ id, files }: CatalogueEntry): readonly (readonly [string, PlanFile])[] {
  return files.map(({ path, content }) => [`${id}/${path.split('/').at(-1)}`, { path, content, mode: 0o644 }]);
}

function variablesOf({ kind, variable, scheme, also = [], parts = [] }: ServiceFacts, { address }: CatalogueEntry) {
  const whole = variable && scheme ? [variable, ...also] : [];
  return Object.fromEntries<Template>([
    ...whole.map(({ value }) => [value, addressTemplate(`${scheme?.value}://`, address)] as const),
    ...parts.map(({ part, variable: { value } }) => [value, partOfAddress(part, kind, address)] as const),
  ]);
}

/** An address such as `app:{password}@postgres:5432/app` in its parts. */
function partsOf(address: string) {
  const [, user, password, , , path] = /^(?:([^:@]*):([^@]*)@)?([^:/]+):(\d+)(?:\/(.*))?$/.exec(address) ?? [];
  return { user, password, path };
}

const text = (written: string): TemplatePart => ({ kind: 'text', text: written });

function addressTemplate(scheme: string, address: string): Template {
  const { user, path } = partsOf(address);
  const login: Template =
    user === undefined ? [text(scheme)] : [text(`${scheme}${user}:`), { kind: 'password' }, text('@')];
  const place: Template = [{ kind: 'host' }, text(':'), { kind: 'port' }];
  return [...login, ...place, ...(path === undefined ? [] : [text(`/${path}`)])];
}

/** What a variable holds of an address. */
function partOfAddress(part: AddressPart, kind: ServiceKind, address: string): Template {
  const { user = '', path = '' } = partsOf(address);
  const values: Readonly<Record<AddressPart, TemplatePart>> = {
    host: { kind: 'host' },
    port: { kind: 'port' },
    user: text(user),
    password: { kind: 'password' },
    database: text(path),
    engine: text(`django.db.backends.${kind === 'postgres' ? 'postgresql' : 'mysql'}`),
    // "0" is false to whatever reads a boolean.
    off: text('0'),
    empty: text(''),
  };
  return [values[part]];
}
