/** Documents for whoever runs the app with the rendered files: each in a page, with commands that these files have. */
import { listsHosts, startValue } from '../plan/look-up.js';
import type { Plan, ServiceSpec, Variable } from '../plan/types.js';
import { DEBUGGER } from './compose-development.js';
import { processesFor } from './compose-parts.js';
import { databaseDocument } from './database-document.js';
import { isKept } from './environment.js';
import { kubernetesDocument } from './kubernetes-document.js';
import { composeCommand, makeCommand, placeOf } from './places.js';
import { HEADER, type Rendered, type RenderedSource } from './rendered.js';
import { generatedSecrets, isGivenOut, SECRETS, secretFiles, variablePrefix } from './secrets.js';

const DIRECTORY = 'deploy/docs';

/** The pages, the first of which leads to the others. */
export function documents(plan: Plan, source: RenderedSource): readonly Rendered[] {
  const page = pageFor(source);
  const pages: readonly (readonly [string, string, readonly string[]])[] = [
    ['production', 'Production checklist', production(plan)],
    ['environment', 'Environment', environment(plan)],
    ['maintenance', 'Upgrade, backup and restore', maintenance(plan)],
    ...databaseDocument(plan, source),
    ...kubernetesDocument(plan),
    ['raspberry-pi', 'Raspberry Pi and other arm64 machines', raspberryPi(source)],
    ['troubleshooting', 'Troubleshooting', troubleshooting(plan)],
  ];
  const index = pages.map(([name, title]) => `- [${title}](${name}.md)`);
  return [
    page('README', `Running ${plan.name}`, [...quickStart(plan), '', ...index]),
    ...pages.map(([name, title, lines]) => page(name, title, lines)),
  ];
}

/** How pages are made: in their commands make is told its file where that has another name, and so is who copies the variables. */
function pageFor(source: RenderedSource) {
  const [command, example] = [makeCommand(source), placeOf(source, '.env.example')];
  return (name: string, title: string, lines: readonly string[]): Rendered => {
    const text = lines
      .join('\n')
      .replaceAll(/(?<=^|`)make (?=[a-z])/gm, `${command} `)
      .replaceAll('`.env.example`', `\`${example}\``);
    return { path: `${DIRECTORY}/${name}.md`, text: `<!-- ${HEADER} -->\n\n# ${title}\n\n${text}\n` };
  };
}

/** Commands, one a line. */
const shell = (...commands: readonly string[]): string => ['```sh', ...commands, '```'].join('\n');

/** Where the app is opened in development, and the variable that moves it. */
function openedAt(plan: Plan): { readonly port: number; readonly variable: string } | undefined {
  const opened = processesFor(plan, 'dev').find(({ id }) => id === plan.front);
  return opened?.port === undefined
    ? undefined
    : { port: opened.port, variable: `${variablePrefix(opened.id)}_PORT_${opened.port}` };
}

function quickStart(plan: Plan): readonly string[] {
  const at = openedAt(plan);
  const debug = plan.processes.find(({ profiles }) => profiles.dev?.debug)?.profiles.dev?.debug;
  return [
    'Docker with Compose and BuildKit, and make, are all that a machine needs.',
    '',
    shell('make setup', 'make up'),
    '',
    `\`make setup\` writes \`.env\` with secrets of its own, which belongs into no repository: beside one that is in the repository it writes \`.env.quayside\`, which is meant then. \`make up\` builds the images and waits until all is healthy.`,
    ...(at ? ['', `Then open <http://localhost:${at.port}>. Edits are taken in as they are saved.`] : []),
    '',
    shell('make help', 'make logs', 'make shell', 'make down'),
    ...(debug
      ? [
          '',
          `With \`${DEBUGGER}=${debug.port}\` in \`.env\`, \`make up\` starts the app under debugpy: an editor attaches at that port of 127.0.0.1.`,
        ]
      : []),
  ];
}

function production(plan: Plan): readonly string[] {
  const speaksTls = plan.processes.some(({ tls }) => tls);
  const secrets = generatedSecrets(plan);
  const boxes = [
    ...(secrets.length === 0
      ? []
      : [
          `\`.env\` of the server has values of its own for ${secrets.map(name => `\`${name}\``).join(', ')}: \`make setup\` makes them up`,
        ]),
    ...(secrets.some(isGivenOut)
      ? [
          `${secrets
            .filter(isGivenOut)
            .map(name => `\`${name}\``)
            .join(', ')}: where a service elsewhere gives it, it stands in the place of what was made up`,
        ]
      : []),
    '`.env` is readable for its owner alone, and in no repository',
    ...plan.variables.flatMap(variable =>
      listsHosts(plan, variable)
        ? [`\`${variable.name}\` in \`.env\` has the names by which the site is reached: others are refused`]
        : [],
    ),
    ...(secretFiles(plan).length === 0
      ? []
      : [
          `nobody but its owner enters \`${SECRETS}\`, whose files \`make setup\` and \`make prod\` make of \`.env\`: containers read them, and neither \`docker inspect\` nor a list of processes shows what is in them`,
        ]),
    ...(speaksTls
      ? [
          'a certificate and its key lie in `certificates/cert.pem` and `certificates/key.pem`; those of `make certificates` nobody trusts',
          'ports 80 and 443 are reached from outside, and no other',
        ]
      : ['something in front of the app speaks TLS, and `FORWARDED_ALLOW_IPS` names its address']),
    ...plan.services.flatMap(service => (service.seenByBrowsers ? [unsent(plan, service)] : [])),
    ...(isNeeding(plan) ? ['what [environment.md](environment.md) calls needed has the values of production'] : []),
    'backups are made, lie on another machine, and one was restored: [maintenance.md](maintenance.md)',
    'somebody is told when `docker compose ps` does not say healthy',
  ];
  return [
    ...boxes.map(text => `- [ ] ${text}`),
    '',
    shell('make setup', ...(speaksTls ? ['make certificates'] : []), 'make prod', 'make logs STACK=prod'),
    '',
    ...(plan.migration ? ['The database is brought to the newest schema once, before any web server starts.', ''] : []),
    ...(secretFiles(plan).length === 0 || !plan.migration
      ? []
      : [
          "A command beside a running process has the secrets when the image's entrypoint starts it, as in `make migrate STACK=prod`.",
          '',
        ]),
    'Containers run as users without rights, on file systems that they cannot write to but for their volumes.',
  ];
}

/** What is still to be said of a mailbox that stands in the place of a server elsewhere. */
function unsent({ variables }: Plan, { id }: ServiceSpec): string {
  const names = variables.filter(({ service }) => service === id).map(({ name }) => `\`${name}\``);
  const settings =
    names.length > 0 ? `\`.env\` says with ${names.join(', ')} where mail goes` : 'the app is told where mail goes';
  return `${settings}: until then ${id} keeps all that is sent, and nobody gets it`;
}

/** Whether there is anything that only whoever runs it knows. */
function isNeeding(plan: Plan): boolean {
  const made = new Set(generatedSecrets(plan));
  return plan.variables.some(variable => kindOf(plan, variable, made) === 'needed');
}

function environment(plan: Plan): readonly string[] {
  const secrets = new Set(generatedSecrets(plan));
  const rows = plan.variables.map(variable => {
    const { name, read } = variable;
    const places = read.slice(0, 3).map(({ file, line }) => cell(line === undefined ? file : `${file}:${line}`));
    return `| \`${name}\` | ${kindOf(plan, variable, secrets)} | ${cell(isKept(variable) ? undefined : (variable.given ?? variable.default))} | ${places.join(', ')} |`;
  });
  const own = [...secrets].filter(name => !plan.variables.some(variable => variable.name === name));
  return [
    '`.env` sets these; `.env.example` lists them.',
    '',
    '| variable | | default | read in |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...own.map(name => `| \`${name}\` | secret, made up by \`make setup\` | | the compose files |`),
  ];
}

function kindOf(plan: Plan, variable: Variable, made: ReadonlySet<string>): string {
  const { name, service, secret } = variable;
  if (service !== undefined) return `address of ${service}, set by the compose files`;
  if (made.has(name)) return 'secret, made up by `make setup`';
  return startValue(plan, variable) !== undefined ? 'needed' : secret ? 'secret' : 'may be set';
}

/** Code in a cell of a table, or in a line: what would end it is left out of it. */
const cell = (text: string | undefined): string =>
  text === undefined || text === ''
    ? ''
    : `\`${text.replaceAll('|', '\\|').replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;

function maintenance({ migration }: Plan): readonly string[] {
  return [
    '## Upgrade',
    '',
    shell('make backup STACK=prod FROM=before-upgrade', 'git pull', 'make prod'),
    '',
    'Images are built anew, and what changed is started again.',
    ...(migration
      ? [
          `The schema is changed first (${cell(migration.command.join(' '))}): a version that does not know the new one is no way back, a restored backup is.`,
        ]
      : []),
    '',
    '## Backup and restore',
    '',
    'A backup is one archive for each volume. The app is stopped while it is made.',
    '',
    shell('make backup STACK=prod', 'make restore STACK=prod'),
    '',
    'Without `STACK=prod` both are for development. `FROM=DIRECTORY` names another place than `backup/`. A restore takes the place of all that is there; it needs the',
    '`.env` of the backup, whose passwords the databases hold.',
  ];
}

const raspberryPi = (source: RenderedSource): readonly string[] => [
  'A Raspberry Pi with a 64-bit system builds and runs the images as they are: all that the Dockerfile starts from is there for arm64.',
  '',
  shell('make setup', 'make prod'),
  '',
  'With 2 GB of memory or less, build on another machine, and carry the images over:',
  '',
  shell(`${composeCommand(source, 'compose.yaml', 'compose.prod.yaml')} build`),
  '',
  'with `DOCKER_DEFAULT_PLATFORM=linux/arm64` in the environment there; that machine needs QEMU for it. Data belongs on a disk, not on the SD card.',
];

function troubleshooting(plan: Plan): readonly string[] {
  const at = openedAt(plan);
  const [secret] = generatedSecrets(plan);
  const entries: readonly (readonly [string, readonly string[]])[] = [
    ...(secret === undefined
      ? []
      : [
          [
            `\`required variable ${secret} is missing a value\``,
            ['`.env` is missing, or older than this variable: `make setup` writes it, and adds to it what it lacks.'],
          ] as const,
        ]),
    ...(at
      ? [
          [
            '`port is already allocated`',
            [
              `\`${at.variable}\` in \`.env\` takes another port for development; \`HTTP_PORT\` and \`HTTPS_PORT\` do for production.`,
            ],
          ] as const,
        ]
      : []),
    ['`container … is unhealthy`', ['Its last lines say why.', '', shell('make logs')]],
    ...(plan.migration
      ? [
          [
            `A container ends with ${plan.migration.failed}`,
            ['The migration failed, and the app was not started. Once the reason is put right:', '', shell('make up')],
          ] as const,
        ]
      : []),
    ...(plan.services.some(({ password }) => password !== undefined)
      ? [
          [
            'The database refuses the password',
            [
              'It holds the one of its first start. Put that back into `.env`; or, where the data may go, start anew:',
              '',
              shell('make clean', 'make up'),
            ],
          ] as const,
        ]
      : []),
    [
      'A package is missing after an edit of what the app depends on',
      ['Packages are in the image.', '', shell('make up')],
    ],
  ];
  return entries.flatMap(([title, lines]) => [`## ${title}`, '', ...lines, '']).slice(0, -1);
}
