/** The service catalogue: what compose/*.yaml say about images, health checks and addresses. The one place for those facts. */
import { parse } from 'yaml';
import * as z from 'zod';
import type { ServiceKind } from '../detect/facts.js';
import { readPackaged } from '../packaged.js';
import type { HealthCheck } from '../plan/types.js';
import { defined } from '../source/defined.js';

const served = z.array(z.strictObject({ source: z.string(), target: z.string() }));

/** What compose has no words for. */
const extension = z.strictObject({
  user: z.string().optional(),
  path: z.string().optional(),
  'password-file': z
    .union([z.string(), z.strictObject({ path: z.string(), content: z.string().includes('{password}') })])
    .optional(),
  data: z.string().optional(),
  command: z.array(z.string()).optional(),
  tmp: z.array(z.string()).optional(),
  'test-command': z.array(z.string()).optional(),
  'trial-configs': served.default([]),
});

const definition = z.strictObject({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  expose: z.array(z.string().regex(/^\d+$/)).min(1),
  healthcheck: z.strictObject({
    test: z.tuple([z.enum(['CMD', 'CMD-SHELL']), z.string()], z.string()),
    interval: z.string(),
    timeout: z.string(),
    start_period: z.string(),
    start_interval: z.string(),
    retries: z.int(),
  }),
  configs: served.default([]),
  'x-quayside': extension.prefault({}),
});

const file = z.strictObject({
  services: z.record(z.string(), definition),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })).default({}),
});

/** One service of the catalogue. */
export interface CatalogueEntry {
  readonly id: string;
  readonly image: string;
  /** Environment with fixed values; the password is not among them. */
  readonly env: Readonly<Record<string, string>>;
  /** Variable that takes the password; absent when the service has none. */
  readonly passwordVariable?: string;
  /** How its image takes that from a file: the variable that names it, or settings in which `{password}` stands for it. */
  readonly passwordFile?: string | { readonly path: string; readonly content: string };
  /** The service's port first, others after it. */
  readonly ports: readonly number[];
  readonly health: HealthCheck;
  /** User whose password that is; there when `passwordVariable` is. */
  readonly user?: string;
  /** What follows the port and a slash in its address: the name of a database. */
  readonly path?: string;
  /** Directory of the data; on memory in test runs. */
  readonly data?: string;
  /** Directories beside it that the service writes to; absent: nobody has looked. */
  readonly tmp?: readonly string[];
  /** Arguments without which its image does not keep data; test runs have their own. */
  readonly command?: readonly string[];
  /** Arguments that trade durability for speed in test runs. */
  readonly testCommand?: readonly string[];
  /** Files that the image reads when it starts. */
  readonly files: readonly CatalogueFile[];
  /** Those that it reads besides where suites run and people develop. */
  readonly trialFiles: readonly CatalogueFile[];
}

/** A file that an image reads: where, and what is in it. */
export interface CatalogueFile {
  readonly path: string;
  readonly content: string;
}

/** Gives the entry of a service by its id. */
export type Catalogue = (id: ServiceKind) => CatalogueEntry;

const packaged = new Map<ServiceKind, CatalogueEntry>();

/** The catalogue in compose/, each file read once. Throws when a file does not have the catalogue's form. */
export const packagedCatalogue: Catalogue = id => {
  const entry = packaged.get(id) ?? parseEntry(id, readPackaged(`compose/${id}.yaml`));
  packaged.set(id, entry);
  return entry;
};

/**
 * Parses one file of the catalogue.
 * @param id name of the service, which is the only one in the file
 * @param text the file in compose format; a value `${NAME:?}` stands for the password
 * @returns the entry; throws an error that names the file when the form is wrong
 */
export function parseEntry(id: string, text: string): CatalogueEntry {
  const result = file.safeParse(parse(text));
  const service = result.data?.services[id];
  if (!result.success || !service)
    throw new Error(`compose/${id}.yaml: ${result.error ? z.prettifyError(result.error) : `no service ${id}`}`);
  const secret = Object.keys(service.environment).find(name => isPassword(service.environment[name]));
  const own = service['x-quayside'];
  const readConfig = ({ source, target }: z.output<typeof served>[number]): CatalogueFile => {
    const content = result.data.configs[source]?.content;
    if (content === undefined) throw new Error(`compose/${id}.yaml: no config ${source}`);
    return { path: target, content };
  };
  return defined({
    id,
    image: service.image,
    env: Object.fromEntries(Object.entries(service.environment).filter(([name]) => name !== secret)),
    passwordVariable: secret,
    passwordFile: own['password-file'],
    user: own.user,
    path: own.path,
    ports: service.expose.map(Number),
    health: readHealth(service.healthcheck),
    data: own.data,
    tmp: own.tmp,
    command: own.command,
    testCommand: own['test-command'],
    files: service.configs.map(readConfig),
    trialFiles: own['trial-configs'].map(readConfig),
  });
}

/** The image of an entry, with another tag when a version is asked for: written as its own tags are, `v1.15`. */
export function imageOf(entry: CatalogueEntry, version?: string): string {
  return version === undefined
    ? entry.image
    : entry.image.replace(
        /:(v?)[^:/]*$/,
        (_, prefix: string) => `:${prefix}${prefix ? version.replace(/^v/, '') : version}`,
      );
}

function isPassword(value: string | undefined): boolean {
  return value?.startsWith('${') ?? false;
}

function readHealth(check: z.output<typeof definition>['healthcheck']): HealthCheck {
  const [form, ...words] = check.test;
  // Compose writes a dollar sign twice where it is not its own.
  const args = words.map(word => word.replaceAll('$$', '$'));
  return {
    args: form === 'CMD' ? args : ['sh', '-c', args.join(' ')],
    interval: check.interval,
    timeout: check.timeout,
    startPeriod: check.start_period,
    startInterval: check.start_interval,
    retries: check.retries,
  };
}
