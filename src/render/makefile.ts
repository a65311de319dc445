/** A Makefile with the commands of everyday work. */
import { imageName } from '../plan/look-up.js';
import type { Plan, Suite } from '../plan/types.js';
import { quoteWords } from '../source/quote-words.js';
import { volumesOf } from './compose.js';
import { generatedSecrets } from './environment.js';
import { HEADER, type Rendered } from './rendered.js';

/** A target: what it is for, what it needs first, and its commands. */
interface Target {
  readonly name: string;
  readonly about: string;
  readonly needs?: string;
  readonly commands: readonly string[];
}

/** Writes it. */
export function makefile(plan: Plan): Rendered {
  const targets = targetsOf(plan);
  const web = plan.processes.find(({ role }) => role === 'web')!;
  const image = imageName(plan, web.profiles.dev?.image ?? web.image);
  const text = [
    `# ${HEADER}`,
    '',
    'DEV = docker compose -f compose.yaml -f compose.dev.yaml',
    'WATCH = docker compose -f compose.yaml -f compose.watch.yaml',
    'PROD = docker compose -f compose.yaml -f compose.prod.yaml',
    'TEST = docker compose -f compose.test.yaml',
    `SECRETS = ${generatedSecrets(plan).join(' ')}`,
    `VOLUMES = ${volumesOf(plan).join(' ')}`,
    '# What reads and writes the volumes: an image that is there.',
    `IMAGE ?= ${image}`,
    `IN_VOLUME = docker run --rm -i --user 0 --entrypoint tar --volume ${plan.name}_$$volume:/volume $(IMAGE)`,
    'FROM ?= backup',
    '',
    '.DEFAULT_GOAL = help',
    `.PHONY: ${targets.map(({ name }) => name).join(' ')}`,
    '',
    ...targets.map(
      ({ name, about, needs, commands }) =>
        `${name}:${needs === undefined ? '' : ` ${needs}`} ## ${about}\n${commands.map(command => `\t${command}\n`).join('')}`,
    ),
    ENVIRONMENT,
  ].join('\n');
  return { path: 'Makefile', text };
}

/** Written once, readable for its owner alone; what stands in it stays. */
const ENVIRONMENT = `.env:
	@umask 077; cp .env.example .env.new; \\
	printf 'UID=%s\\nGID=%s\\n' "$$(id -u)" "$$(id -g)" >> .env.new; \\
	for name in $(SECRETS); do \\
	  value=$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \\n'); \\
	  sed "s/^$$name=$$/$$name=$$value/" .env.new > .env.next && mv .env.next .env.new; \\
	done; \\
	mv .env.new .env
	@git check-ignore -q .env || echo 'Add .env to .gitignore: it holds secrets.'
`;

function targetsOf(plan: Plan): readonly Target[] {
  const { suites, migration, processes } = plan;
  const speaksTls = processes.some(({ tls }) => tls);
  const web = plan.processes.find(({ role }) => role === 'web')!.id;
  const run = (suite: Suite) => {
    const inService = suite.kind === 'e2e' ? 'browser' : 'test';
    return `$(TEST) run --rm ${inService} ${quoteWords(suite.args).replaceAll('$', '$$$$')}`;
  };
  // What runs in another image than the tests do has no service of its own.
  const unit = suites.find(({ kind }) => kind === 'unit');
  const runnable = suites.filter(({ stage, kind }) => kind === 'e2e' || stage === (unit?.stage ?? plan.shell.stage));
  const ofKind = (kind: Suite['kind']) => runnable.filter(suite => suite.kind === kind);
  const tests = [...ofKind('unit').slice(0, 1), ...ofKind('e2e').slice(0, 1)];
  const suiteTarget = (
    name: string,
    about: string,
    found: readonly Suite[],
    after: readonly string[] = [],
  ): readonly Target[] => (found.length === 0 ? [] : [{ name, about, commands: [...found.map(run), ...after] }]);
  return [
    {
      name: 'help',
      about: 'What can be done',
      commands: [
        `@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\\1|/' | awk -F'|' '{ printf "%-12s %s\\n", $$1, $$2 }'`,
      ],
    },
    { name: 'setup', about: 'Write .env, with secrets of its own', needs: '.env', commands: ['@echo .env is there'] },
    {
      name: 'up',
      about: 'Start everything for development, with hot reload',
      needs: '.env',
      commands: ['$(DEV) up --build --detach --wait'],
    },
    {
      name: 'watch',
      about: 'The same without mounting the source: edits are carried over, until Ctrl-C',
      needs: '.env',
      commands: ['$(WATCH) watch'],
    },
    { name: 'down', about: 'Stop everything; data stays', commands: ['$(DEV) down --remove-orphans'] },
    { name: 'logs', about: 'Follow what is logged', commands: ['$(DEV) logs --follow'] },
    {
      name: 'shell',
      about: 'A shell in the image of the tests, with services of its own',
      commands: ['$(TEST) run --rm test /bin/bash'],
    },
    ...suiteTarget('test', 'Run the tests, with services of their own', tests, ['$(TEST) down --volumes']),
    ...suiteTarget('lint', 'Run the linters', ofKind('lint')),
    ...suiteTarget('typecheck', 'Run the type checkers', ofKind('typecheck')),
    ...(migration
      ? [
          {
            name: 'migrate',
            about: 'Bring the database to the newest schema',
            commands: [`$(DEV) exec ${web} ${quoteWords(migration.command)}`],
          },
        ]
      : []),
    {
      name: 'backup',
      about: 'Write what the volumes hold to backup/ (to FROM=DIRECTORY); the app is stopped meanwhile',
      commands: [
        '$(DEV) stop',
        '@mkdir -p $(FROM) && for volume in $(VOLUMES); do $(IN_VOLUME) -C /volume -cf - . > $(FROM)/$$volume.tar || exit 1; done',
        '$(DEV) start',
      ],
    },
    {
      name: 'restore',
      about: 'Put back what backup/ holds (of FROM=DIRECTORY), in place of what is there',
      needs: '.env',
      commands: [
        '$(DEV) create --build',
        '$(DEV) stop',
        `@for volume in $(VOLUMES); do docker run --rm --user 0 --entrypoint sh --volume ${plan.name}_$$volume:/volume $(IMAGE) -c 'find /volume -mindepth 1 -delete' && $(IN_VOLUME) -C /volume -xpf - < $(FROM)/$$volume.tar || exit 1; done`,
        '$(DEV) up --detach --wait',
      ],
    },
    ...(speaksTls
      ? [
          {
            name: 'certificates',
            about: 'Make a certificate that nobody trusts, for a first start of production',
            commands: [
              '@mkdir -p certificates && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout certificates/key.pem -out certificates/cert.pem 2>/dev/null && chmod 0644 certificates/key.pem',
            ],
          },
        ]
      : []),
    {
      name: 'prod',
      about: 'Start everything as in production',
      needs: '.env',
      commands: ['$(PROD) up --build --detach --wait'],
    },
    {
      name: 'clean',
      about: 'Stop everything and delete its data',
      commands: ['$(DEV) down --volumes --remove-orphans', '$(TEST) down --volumes --remove-orphans'],
    },
  ];
}
