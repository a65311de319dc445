/** What quayside.yaml says of services: of those that Quayside knows, and of images that only the app's authors know. */
import * as z from 'zod';
import {
  FOREIGN_SERVICES,
  type ForeignService,
  RUN_SERVICES,
  SERVICE_KINDS,
  type ServiceKind,
} from '../support/run-services.js';
import { PROCESS_NAMES } from './names.js';
import { command, off, port, serviceEnv, versionText, word } from './values.js';

const exampleScheme = RUN_SERVICES.flatMap(([, { drivers }]) => drivers)[0]?.scheme;

const serviceOptions = z.strictObject(
  {
    version: versionText('a version such as "10.11"')
      .describe('Version of the service, a tag of its image.')
      .optional(),
    image: word('an image such as docker.io/library/postgres:17')
      .describe('Image in the place of the usual one, which is used in the same way.')
      .optional(),
    variable: word('a variable name such as DATABASE_URL')
      .describe('Environment variable that the app reads the address from.')
      .optional(),
    scheme: word(`a URL scheme such as ${exampleScheme}`)
      .describe('URL scheme of the address, with the driver where the library asks for it.')
      .optional(),
  },
  { error: 'false, or a mapping with version, image, variable and scheme' },
);

const service = z
  .union([off, serviceOptions], { error: 'false, or a mapping with version, image, variable and scheme' })
  .optional();

/** Names that processes have, so that no service can. */
const TAKEN = [...Object.values(PROCESS_NAMES), 'worker', 'scheduler'];

const NAME = new RegExp(`^(?!(${TAKEN.join('|')})$)[a-z][a-z0-9-]*$`);

/** What completes "expected: …" for the name of a service of one's own. */
const NAME_WORDS = `a name such as search, of lower-case letters, digits and hyphens; ${TAKEN.join(', ')} are taken`;

const valueWords = 'a text with {host} and {port} such as "http://{host}:{port}"';

/** The schema of a service that is run from any image. */
export const ownService = z
  .strictObject(
    {
      image: word('an image such as docker.io/apache/tika:3.0.0.0').describe('Image of the service.'),
      port: port.describe('Port that it answers on.'),
      variable: word('a variable name such as SEARCH_URL').describe(
        'Environment variable that the app reads the address from.',
      ),
      value: word(valueWords)
        .refine(text => [...text.matchAll(/\{(.*?)\}/g)].every(([, name]) => name === 'host' || name === 'port'), {
          error: valueWords,
        })
        .describe('Value of the variable, where {host} and {port} stand for where it is. Default: "{host}:{port}".')
        .default('{host}:{port}'),
      health: command
        .describe('Arguments of a command in its container that passes when it is ready. Default: its port is probed.')
        .optional(),
      env: serviceEnv
        .describe("Environment variables of its container. Not for secrets: it is the app's only here.")
        .optional(),
      data: word('a directory such as /data')
        .startsWith('/', { error: 'a directory such as /data' })
        .describe('Directory of its data, which is kept in memory.')
        .optional(),
    },
    { error: 'a mapping with image, port and variable' },
  )
  .describe('A service that is run from any image.');

/** A service that is run from an image of the app's own choice. */
export type OwnService = z.output<typeof ownService>;

const run = Object.fromEntries(
  RUN_SERVICES.map(([kind, { title, does }]) => [
    kind,
    service.describe(`${does === undefined ? title : `${title}, ${does}`}; false: the app does not need it.`),
  ]),
) as Record<ServiceKind, typeof service>;

const foreign = Object.fromEntries(
  FOREIGN_SERVICES.map(([kind, { title }]) => [
    kind,
    z
      .union([off, ownService], {
        error: `false, or a mapping with image, port and variable: ${title} has no image here`,
      })
      .describe(`${title}, which has no image here; false: the app is built and tested without it.`)
      .optional(),
  ]),
) as Record<ForeignService, z.ZodOptional<z.ZodUnion<readonly [typeof off, typeof ownService]>>>;

/** Those that are an example of what is meant: three of all, and a database with what is none. */
const usual = RUN_SERVICES.filter(([, { insteadOf }]) => insteadOf === undefined);
const threeServices = usual.slice(0, 3).map(([kind]) => kind);
const twoServices = [true, false].flatMap(is => usual.find(([, { isDatabase }]) => isDatabase === is)?.[0] ?? []);

/** What is said of the services that Quayside knows. */
type KnownServices = { readonly [K in ServiceKind]?: z.output<(typeof run)[K]> } & {
  readonly [K in ForeignService]?: false;
};

/** What the configuration says of services: of known ones by their names, of others under `own`. */
export type ConfiguredServices = KnownServices & {
  readonly own?: Readonly<Record<string, OwnService>>;
};

/** The schema of `services`. Names that are none of Quayside's are those of images of one's own. */
export const services = z
  .strictObject({ ...run, ...foreign }, { error: `a mapping of services such as ${threeServices.join(', ')}` })
  .catchall(ownService)
  .superRefine((value, context) => {
    for (const name of Object.keys(value))
      if (!NAME.test(name))
        context.addIssue({ code: 'custom', path: [name], message: NAME_WORDS, params: { isKey: true } });
  })
  .transform(divided);

/** Puts images of the app's own choice apart from the services that are known. */
function divided(value: Readonly<Record<string, unknown>>): ConfiguredServices {
  const isOwn = ([name, options]: [string, unknown]) =>
    typeof options === 'object' && !(SERVICE_KINDS as readonly string[]).includes(name);
  const own = Object.entries(value).filter(isOwn);
  const known = Object.fromEntries(Object.entries(value).filter(entry => !isOwn(entry)));
  return (own.length > 0 ? { ...known, own: Object.fromEntries(own) } : known) as ConfiguredServices;
}

/** The schema of a list of services that something needs; whether each of them is there is seen with the rest of the file. */
export const serviceNames = z.array(word('names of services'), {
  error: `a list of services such as [${twoServices.join(', ')}]`,
});

/** The names that such a list may hold. */
export function knownServices(configured: ConfiguredServices | undefined): readonly string[] {
  return [...SERVICE_KINDS, ...Object.keys(configured?.own ?? {})];
}
