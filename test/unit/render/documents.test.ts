/** Documents that are rendered: every command in them is one of the rendered Makefile or compose files. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderApp } from '../../../src/render/eject.js';
import { corpusApp, EXAMPLE_NAMES, exampleApp } from '../../support/rendered-apps.js';

/** Programs that are no part of what is rendered. */
const OF_THE_MACHINE = ['git', 'cp'];

/** Says what is wrong with a command, by the files that were rendered with it. */
function wrongCommand(command: string, files: ReadonlyMap<string, string>): readonly string[] {
  const [program = '', ...words] = command.split(' ');
  if (OF_THE_MACHINE.includes(program)) return [];
  if (program === 'make') {
    const makefile = files.get('Makefile')!;
    const isKnown = (word: string) =>
      new RegExp(word.includes('=') ? `^${word.split('=')[0]} \\?=` : `^${word}:.*## `, 'm').test(makefile);
    return words.filter(word => !isKnown(word)).map(word => `make has no ${word}`);
  }
  if (program === 'kubectl') return wrongKubectl(command, files);
  if (program !== 'docker' || words[0] !== 'compose') return [`${program} is no program of these files`];
  const given = words.flatMap((word, at) => (word === '-f' ? [words[at + 1]!] : []));
  const services = given.flatMap(file =>
    Object.keys((parse(files.get(file) ?? '{}', { merge: true }) as { services?: object }).services ?? {}),
  );
  const [verb, ...rest] = words.slice(1 + 2 * given.length);
  const named = verb === 'exec' ? rest.filter(word => !word.startsWith('-')).slice(0, 1) : [];
  return [
    ...given.filter(file => !files.has(file)).map(file => `there is no ${file}`),
    ...(['build', 'exec', 'ps'].includes(verb!) ? [] : [`compose is not used with ${verb}`]),
    ...named.filter(name => !services.includes(name)).map(name => `there is no service ${name}`),
  ];
}

/** The same of kubectl: what it names is in the manifests, and what it selects as well. */
function wrongKubectl(command: string, files: ReadonlyMap<string, string>): readonly string[] {
  const manifests = [...files].filter(([path]) => path.startsWith('deploy/kubernetes/')).map(([, text]) => text);
  const isNamed = (kind: string, name: string) =>
    manifests.some(text => text.includes(`\nkind: ${kind}\n`) && text.includes(`\n  name: ${name}\n`));
  const jobs = /\bjob[ /](\S+)/.exec(command)?.[1];
  const deployment = /\bdeployment\/(\S+)/.exec(command)?.[1];
  const directory = /--kustomize (\S+)/.exec(command)?.[1];
  const namespace = /(?:--namespace|create namespace) (\S+)/.exec(command)?.[1];
  const [, label, values] = /--selector '(\S+) in \(([^)]*)\)'/.exec(command) ?? [];
  const isLabel = (value: string) => manifests.some(text => text.includes(`\n    ${label}: ${value}\n`));
  return [
    ...(jobs === undefined || isNamed('Job', jobs) ? [] : [`there is no job ${jobs}`]),
    ...(deployment === undefined || isNamed('Deployment', deployment) ? [] : [`there is no deployment ${deployment}`]),
    ...(directory === undefined || files.has(`${directory}/kustomization.yaml`) ? [] : [`there is no ${directory}`]),
    ...(namespace === undefined || manifests.some(text => text.includes(`\nnamespace: ${namespace}\n`))
      ? []
      : [`the overlay has no namespace ${namespace}`]),
    ...(values ?? '')
      .split(', ')
      .filter(value => value !== '' && value !== 'storage' && !isLabel(value))
      .map(value => `nothing is ${label}: ${value}`),
  ];
}

const APPS = [
  ...EXAMPLE_NAMES.map(name => [name, async () => exampleApp(name)] as const),
  ...['fastapi-websocket', 'flask-celery-rabbit', 'django-on-docker'].map(
    name => [name, () => corpusApp(name)] as const,
  ),
];

describe.each(APPS)('documents of %s', (_, load) => {
  it('have commands that there are, links that lead somewhere, and every variable', async () => {
    const { plan, source } = await load();
    const files = new Map(renderApp(plan, source).map(({ path, text }) => [path, text]));
    const pages = [...files].filter(([path]) => path.startsWith('deploy/docs/'));
    expect(pages.length).toBeGreaterThan(4);
    for (const [path, text] of pages) {
      const fenced = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) => block!.trim().split('\n'));
      const inline = [...text.matchAll(/`(make [a-z=A-Z ]+)`/g)].map(([, command]) => command!);
      for (const command of [...fenced, ...inline])
        expect([path, command, wrongCommand(command, files)]).toEqual([path, command, []]);
      for (const [, to] of text.matchAll(/\]\(([^)]+)\)/g)) expect([...files.keys()]).toContain(`deploy/docs/${to}`);
    }
    const environment = files.get('deploy/docs/environment.md')!;
    for (const { name } of plan.variables) expect(environment).toContain(`\`${name}\``);
  });
});

it('name the file of SQLite once, also where the code puts its path together', async () => {
  const { plan, source } = await corpusApp('django-on-docker');
  const variables = plan.variables.map(variable => {
    const { default: given, ...others } = variable;
    return variable.name === 'SQL_DATABASE' ? others : variable;
  });
  const page = renderApp({ ...plan, variables }, source, ['docs']).find(({ path }) => path.endsWith('to-server.md'))!;
  expect(/```ini\n([^`]*)```/.exec(page.text)![1]).toBe(
    'SQL_ENGINE=django.db.backends.sqlite3\nSQL_DATABASE=/data/db.sqlite3\nWITHOUT_POSTGRES=1\n',
  );
});

it('tell how data leaves SQLite where the code can use both, and nowhere else', async () => {
  const pagesOf = async (name: string) => {
    const { plan, source } = await corpusApp(name);
    return renderApp(plan, source, ['docs']).map(({ path }) => path);
  };
  expect(await pagesOf('django-on-docker')).toContain('deploy/docs/sqlite-to-server.md');
  const { plan, source } = await corpusApp('django-on-docker');
  const page = renderApp(plan, source, ['docs']).find(({ path }) => path === 'deploy/docs/sqlite-to-server.md')!.text;
  expect(page).toContain('SQL_ENGINE=django.db.backends.sqlite3');
  expect(page).toContain('SQL_DATABASE=/data/db.sqlite3');
  expect(await pagesOf('flask-celery-rabbit')).not.toContain('deploy/docs/sqlite-to-server.md');
});
