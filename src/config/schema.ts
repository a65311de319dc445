/** The schema of quayside.yaml: the one definition of what can be configured. Every message completes "expected: …". */
import * as z from 'zod';
import { anyOf } from '../diagnostics/listing.js';
import { pythonManagers } from '../support/python-managers.js';
import { frontend } from './frontend.js';
import { PROCESS_NAMES } from './names.js';
import { publishing } from './publishing.js';
import { scanning } from './scanning.js';
import { server } from './server.js';
import { knownServices, services } from './services.js';
import { suites } from './suites.js';
import {
  buildSecret,
  command,
  directory,
  env,
  imageEnv,
  off,
  port,
  variableName,
  versionText,
  word,
  words,
} from './values.js';

const mapping = 'a mapping of the keys listed in docs/quayside.schema.json';

const managerNames = pythonManagers().map(({ name }) => name);

const component = z.strictObject(
  { command: command.describe('Arguments of the command that the process runs.') },
  { error: 'false, or a mapping with command' },
);

const taken = Object.values(PROCESS_NAMES);

/** The schema of quayside.yaml. Every key is optional; what is absent is detected. */
export const configSchema = z
  .strictObject(
    {
      name: word('a name such as shop')
        .regex(/^[a-z0-9]+([._-][a-z0-9]+)*$/, { error: 'lower-case letters, digits and single . _ - between them' })
        .describe('Name of the app and of its image. Default: the name in pyproject.toml, or of the first package.')
        .optional(),
      version: versionText('a version such as "1.4.0"')
        .describe('Version of the app as a package. Default: the one in its manifest, else 0.0.0: git is not asked.')
        .optional(),
      root: directory('a directory such as services/shop')
        .describe(
          'Directory of the app, relative to this file. Its own quayside.yaml is read too. Default: this one, else the only one with a web app.',
        )
        .optional(),
      python: z
        .strictObject(
          {
            version: versionText('a minor version such as "3.11"')
              .describe(
                'Minor version of Python. Default: .python-version, else the newest that requires-python allows.',
              )
              .optional(),
            manager: z
              .enum(managerNames, { error: anyOf(managerNames) })
              .describe(
                'Package manager that the dependencies are kept with. Default: the one whose lock file is there; of several the one that a Dockerfile, a script or a workflow uses.',
              )
              .optional(),
            package: word('the name of a workspace member')
              .describe('The member of a uv workspace that is the app. Default: the one with a web framework.')
              .optional(),
            groups: z
              .array(word('the name of a dependency group or an extra'), {
                error: 'a list of dependency groups and extras such as [prod]',
              })
              .describe('Dependency groups and extras that belong into production beside the main dependencies.')
              .optional(),
          },
          { error: 'a mapping with version, manager, package and groups' },
        )
        .describe('The Python interpreter.')
        .optional(),
      server: server.optional(),
      frontend: frontend.optional(),
      services: services
        .describe('Services the app talks to, added to or taken from the detected ones, and others by their images.')
        .optional(),
      migrate: z
        .union([off, command], { error: 'false, or a list of words such as [flask, db, upgrade]' })
        .describe('Command that brings the database to the newest schema; false: there is none.')
        .optional(),
      health: z
        .union([off, z.string().startsWith('/', { error: 'false, or a path such as /health' })], {
          error: 'false, or a path such as /health',
        })
        .describe('Path that answers 200 when the app is up; false: only the port is probed.')
        .optional(),
      port: port.describe('Port the app listens on. Default: 8000.').optional(),
      suites: suites.optional(),
      volumes: z
        .array(
          word('a directory such as data/uploads or /data').refine(path => !path.split('/').includes('..'), {
            error: 'a directory without ..',
          }),
          { error: 'a list of directories such as [data/uploads]' },
        )
        .describe('Directories that the app writes to, absolute or relative to the app. /data is there always.')
        .optional(),
      components: z
        .record(
          z.string().regex(new RegExp(`^(?!(${taken.join('|')})$)[a-z][a-z0-9-]*$`), {
            error: `a name such as worker or scheduler; ${taken.join(', ')} are taken`,
          }),
          z.union([off, component], { error: 'false, or a mapping with command' }),
          { error: 'a mapping of names such as worker to a command' },
        )
        .describe('Processes beside the web server, from the same image, added to or taken from the detected ones.')
        .optional(),
      gateway: z
        .union(
          [
            off,
            z.strictObject(
              {
                env: env.describe('Values of variables in the templates, beyond those whose names say it.').optional(),
              },
              { error: 'false, or a mapping with env' },
            ),
          ],
          { error: 'false, or a mapping with env' },
        )
        .describe("The app's own nginx in front of its servers, from nginx/*.template; false: it is not run.")
        .optional(),
      build: z
        .strictObject(
          {
            commands: words('a list of commands such as ["python manage.py compress"]')
              .describe(
                "Commands of a shell that are run in the app's directory once its packages are installed and its files are there: what they leave is in the images.",
              )
              .optional(),
            packages: words('a list of Debian packages such as [make]')
              .describe('Debian packages that only these commands need.')
              .optional(),
          },
          { error: 'a mapping with commands and packages' },
        )
        .describe('What is done over the code while the images are made, beyond what is detected.')
        .optional(),
      publish: publishing.optional(),
      scan: scanning.optional(),
      native: z
        .strictObject(
          {
            build: words('a list of Debian packages such as [libxml2-dev]')
              .describe('Debian packages needed only while dependencies are built.')
              .optional(),
            runtime: words('a list of Debian packages such as [ffmpeg]')
              .describe('Debian packages in the production image.')
              .optional(),
            unchecked: words('a list of Python packages such as [torch]')
              .describe('Python packages whose libraries and import are not checked in the image.')
              .optional(),
          },
          { error: 'a mapping with build, runtime and unchecked' },
        )
        .describe('Debian packages beyond the detected ones.')
        .optional(),
      secrets: z
        .record(variableName, buildSecret, { error: 'a mapping of names to what they are, such as CORP_TOKEN: env' })
        .describe(
          'Secrets that the steps which install packages are given, and nothing keeps: credentials of private indexes, each by its name. env: a variable. { file: ~/.netrc }: a file at that path. ssh: a private key for git. false: nothing that is installed needs it. Values come by --secret NAME=env:OTHER, else from the variable of the same name where Quayside runs.',
        )
        .optional(),
      env: imageEnv
        .describe(
          'Environment variables of the production image; with { value: …, only: trial } of build steps, tests and serve alone. Not for secrets.',
        )
        .optional(),
    },
    { error: mapping },
  )
  .superRefine(({ suites: chosen = {}, services: configured }, context) => {
    const known = knownServices(configured);
    for (const [suiteName, options] of Object.entries(chosen)) {
      const needed = options && 'services' in options ? (options.services ?? []) : [];
      needed.forEach((needs, at) => {
        const path = ['suites', suiteName, 'services', at];
        if (!known.includes(needs))
          context.addIssue({ code: 'custom', path, message: `names of services: ${known.join(', ')}` });
      });
    }
  })
  .describe('Configuration of Quayside for one app. Every key is optional; what is absent is detected.');

/** What quayside.yaml says, checked. Absent keys are detected. */
export type Config = z.output<typeof configSchema>;

/** The JSON Schema of quayside.yaml for editors, generated from the schema above. */
export function configJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }), title: 'quayside.yaml' };
}
