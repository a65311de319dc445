/** A Makefile with the commands of everyday work. */
import { imageName, imageSettings } from '../plan/look-up.js';
import type { Plan, Process, Suite } from '../plan/types.js';
import { volumesOf } from './compose.js';
import { DEBUGGER } from './compose-development.js';
import { composedSuites, leftOut, runnableSuites } from './left-out.js';
import { ENV, ENV_CHOICE, environmentRecipe, secretsRecipe } from './makefile-secrets.js';
import { composeCommand, composeFlags, placeOf } from './places.js';
import { recipeWords } from './recipe-words.js';
import { HEADER, type Rendered, type RenderedSource } from './rendered.js';
import { BACKUP, CERTIFICATES, neededSecrets, secretFiles } from './secrets.js';
import { wrapped } from './shell-lines.js';

/** A target: what it is for, what it needs first, and its commands. */
interface Target {
  readonly name: string;
  readonly about: string;
  readonly needs?: string;
  readonly commands: readonly string[];
}

/** Writes it. */
export function makefile(plan: Plan, source: RenderedSource): Rendered {
  const targets = targetsOf(plan);
  const web = plan.processes.find(({ role }) => role === 'web')!;
  const debug = web.profiles.dev?.debug;
  const named = plan.commonName ? { ...plan, name: '$(PROJECT)' } : plan;
  const debugged = debug && imageName(named, debug.image);
  const [image, published] = [web.profiles.dev?.image ?? web.image, web.image].map(stage => imageName(named, stage));
  const text = [
    `# ${HEADER}`,
    '',
    ...ENV_CHOICE,
    `DEV = $(COMPOSE) ${composeFlags(source, 'compose.yaml', 'compose.dev.yaml')}`,
    `WATCH = $(COMPOSE) ${composeFlags(source, 'compose.yaml', 'compose.watch.yaml')}`,
    `PROD = $(COMPOSE) ${composeFlags(source, 'compose.yaml', 'compose.prod.yaml')}`,
    `TEST = ${composeCommand(source, 'compose.test.yaml')}`,
    '# Which of them backup, restore, migrate, logs and down are for: dev, or prod.',
    'STACK ?= dev',
    'RUNNING = $(if $(filter prod,$(STACK)),$(PROD),$(DEV))',
    '# What Compose calls it: the names of volumes begin with that.',
    "PROJECT = $(shell $(RUNNING) config 2>/dev/null | sed -n 's/^name: //p')",
    ['SECRETS =', ...neededSecrets(plan)].join(' '),
    ['VOLUMES =', ...volumesOf(plan)].join(' '),
    '# What reads and writes the volumes: an image that is there.',
    ...(debugged === undefined ? [] : [`${DEBUGGER} ?= $(shell sed -n 's/^${DEBUGGER}=//p' ${ENV} 2>/dev/null)`]),
    `IMAGE ?= $(if $(filter prod,$(STACK)),${published},${debugged === undefined ? image : `$(if $(${DEBUGGER}),${debugged},${image})`})`,
    `IN_VOLUME = docker run --rm -i --user 0 --entrypoint tar --volume $(PROJECT)_$$volume:/volume $(IMAGE)`,
    `FROM ?= ${BACKUP}`,
    '',
    '.DEFAULT_GOAL = help',
    `.PHONY: ${targets.map(({ name }) => name).join(' ')}${secretFiles(plan).length > 0 ? ' secrets' : ''} ${ENV}`,
    '',
    ...targets.map(
      ({ name, about, needs, commands }) =>
        `${name}:${needs === undefined ? '' : ` ${needs}`} ## ${about}\n${commands.map(recipe).join('')}`,
    ),
    ...secretsRecipe(plan),
    ...leftOut(plan).map((line, at, all) => `# ${line}${at === all.length - 1 ? '\n' : ''}`),
    environmentRecipe(plan, source),
  ].join('\n');
  return { path: placeOf(source, 'Makefile'), text };
}

/** A command as a line of a recipe, which may go on in others. */
function recipe(command: string): string {
  return `\t${wrapped(command, 8).join(' \\\n\t    ')}\n`;
}

function targetsOf(plan: Plan): readonly Target[] {
  const { migration, processes } = plan;
  const speaksTls = processes.some(({ tls }) => tls);
  const secrets = secretFiles(plan).length > 0 ? ' secrets' : '';
  const web = plan.processes.find(({ role }) => role === 'web')!;
  const run = (suite: Suite) => {
    const inService = suite.kind === 'e2e' ? 'browser' : 'test';
    // The images hold the source: what was edited since is built in first.
    return `$(TEST) run --rm --build${alone(suite) ? ' --no-deps' : ''} ${inService} ${recipeWords(suite.args)}`;
  };
  const runnable = runnableSuites(plan);
  const ofKind = (kind: Suite['kind']) => runnable.filter(suite => suite.kind === kind);
  const tests = composedSuites(plan);
  const suiteTarget = (name: string, about: string, found: readonly Suite[]): readonly Target[] =>
    found.length === 0
      ? []
      : [{ name, about, commands: found.every(alone) ? found.map(run) : [cleanedUp(found.map(run).join(' && '))] }];
  return [
    {
      name: 'help',
      about: 'What can be done',
      commands: [
        `@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\\1|/' | awk -F'|' '{ printf "%-12s %s\\n", $$1, $$2 }'`,
      ],
    },
    {
      name: 'setup',
      about: `Write .env, or what it lacks, with secrets of its own`,
      needs: `${ENV}${secrets}`,
      commands: [`@echo ${ENV} is there`],
    },
    {
      name: 'up',
      about: 'Start everything for development, with hot reload',
      needs: ENV,
      commands: ['$(DEV) up --build --detach --wait'],
    },
    {
      name: 'watch',
      about: 'The same without mounting the source: edits are carried over, until Ctrl-C',
      needs: ENV,
      commands: ['$(WATCH) watch'],
    },
    { name: 'down', about: 'Stop everything; data stays', commands: ['$(RUNNING) down --remove-orphans'] },
    { name: 'logs', about: 'Follow what is logged', commands: ['$(RUNNING) logs --follow'] },
    {
      name: 'shell',
      about: 'A shell in the image of the tests, with services of its own',
      commands: [cleanedUp('$(TEST) run --rm --build test /bin/bash')],
    },
    ...suiteTarget('test', 'Run the tests, with services of their own', tests),
    ...suiteTarget('lint', 'Run the linters', ofKind('lint')),
    ...formatTarget(ofKind('format')),
    ...suiteTarget('typecheck', 'Run the type checkers', ofKind('typecheck')),
    ...(migration
      ? [
          {
            name: 'migrate',
            about: 'Bring the database to the newest schema',
            commands: [`$(RUNNING) exec ${recipeWords([...besides(plan, web), ...migration.command])}`],
          },
        ]
      : []),
    {
      name: 'backup',
      about: 'Write what the volumes hold to backup/ (to FROM=DIRECTORY); the app is stopped meanwhile',
      commands: [
        '$(RUNNING) stop',
        // What was stopped is started again, whatever became of the backup.
        `@umask 077; ${ignoredDirectory('$(FROM)')}; code=0; for volume in $(VOLUMES); do $(IN_VOLUME) -C /volume -cf - . > $(FROM)/$$volume.tar || code=1; done; $(RUNNING) start || code=1; exit $$code`,
      ],
    },
    {
      name: 'restore',
      about: 'Put back what backup/ holds (of FROM=DIRECTORY), in place of what is there',
      needs: ENV,
      commands: [
        // Nothing is deleted for the sake of what is not there.
        '@for volume in $(VOLUMES); do [ -r $(FROM)/$$volume.tar ] || { echo "$(FROM)/$$volume.tar is not there" >&2; exit 1; }; done',
        '$(RUNNING) create --build',
        '$(RUNNING) stop',
        `@for volume in $(VOLUMES); do docker run --rm --user 0 --entrypoint sh --volume $(PROJECT)_$$volume:/volume $(IMAGE) -c 'find /volume -mindepth 1 -delete' && $(IN_VOLUME) -C /volume -xpf - < $(FROM)/$$volume.tar || exit 1; done`,
        '$(RUNNING) up --detach --wait',
      ],
    },
    ...(speaksTls
      ? [
          {
            name: 'certificates',
            about: 'Make a certificate that nobody trusts, for a first start of production',
            commands: [
              // One that somebody was given stays: its key is nowhere else.
              `@if [ -e ${KEY} ] || [ -e ${CERTIFICATE} ]; then echo '${CERTIFICATES} has a certificate, which stays'; exit; fi; ${ignoredDirectory(CERTIFICATES)}; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${KEY} -out ${CERTIFICATE} 2>/dev/null && chmod 0644 ${KEY}`,
            ],
          },
        ]
      : []),
    {
      name: 'prod',
      about: 'Start everything as in production',
      needs: `${ENV}${secrets}`,
      commands: ['$(PROD) up --build --detach --wait'],
    },
    {
      name: 'clean',
      about: 'Stop everything and delete its data',
      commands: ['$(DEV) down --volumes --remove-orphans', '$(TEST) down --volumes --remove-orphans'],
    },
  ];
}

const [CERTIFICATE, KEY] = [`${CERTIFICATES}/cert.pem`, `${CERTIFICATES}/key.pem`];

/** Makes a directory whose files git does not keep, where it is not there yet: what lies in one is for its owner to say. */
const ignoredDirectory = (path: string): string =>
  `[ -d ${path} ] || { mkdir -p ${path} && echo '*' > ${path}/.gitignore; }`;

/** Whether a suite needs nothing that runs beside it: no database is started to read source files. */
const alone = ({ needs, opens }: Suite): boolean => needs.length === 0 && opens === undefined;

/** What was started for a command ends with it, and whether that failed is what is told: services of failed tests would run on, with their data. */
const cleanedUp = (command: string): string => `${command}; code=$$?; $(TEST) down --volumes; exit $$code`;

/** How a command is started beside a process: with the secrets that its entrypoint gives it, and without what else that does first. */
function besides({ stages, migration }: Plan, { id, image }: Process): readonly string[] {
  const without = Object.keys(migration?.env ?? {}).flatMap(name => ['-e', `${name}=`]);
  return [...without, id, ...(imageSettings(stages, image).entrypoint ?? [])];
}

/** Formatters work on the image's copy, and lay what they change into a directory: here the source itself. Who owns a file stays its owner. */
function formatTarget(found: readonly Suite[]): readonly Target[] {
  const commands = found.flatMap(({ args, changes }) => {
    const words = recipeWords(args.map(word => word.replaceAll('\n', '; ')));
    return changes === undefined
      ? []
      : [`$(TEST) run --rm --build --no-deps --user 0 --volume "$(CURDIR):${changes}" test ${words}`];
  });
  return commands.length === 0 ? [] : [{ name: 'fmt', about: 'Format the source', commands }];
}
