import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readPackaged } from '../../../src/packaged.js';
import { imageOf, packagedCatalogue, parseEntry } from '../../../src/planner/catalogue.js';
import { planServices } from '../../../src/planner/services.js';
import { SERVICE_KINDS } from '../../../src/support/run-services.js';

test('there is a file for each kind of service and no other', () => {
  const files = readdirSync(new URL('../../../compose/', import.meta.url));
  expect(files.filter(file => file.endsWith('.yaml')).sort()).toEqual(SERVICE_KINDS.map(kind => `${kind}.yaml`).sort());
});

describe.each(SERVICE_KINDS)('%s', kind => {
  const entry = packagedCatalogue(kind);

  test('has a pinned image, a port and a health check that looks often at first', () => {
    expect(entry.image).toMatch(/^docker\.io\/[a-z]+\/[a-z-]+:(v|RELEASE\.)?\d/);
    expect(entry.ports.length).toBeGreaterThan(0);
    expect(entry.health.startInterval).toMatch(/^\d+ms$/);
  });

  test('has a user only when it takes a password: Meilisearch takes a key alone', () => {
    expect(entry.user === undefined).toBe(entry.passwordVariable === undefined || kind === 'meilisearch');
    expect(entry.passwordFile !== undefined).toBe(entry.passwordVariable !== undefined);
    expect(Object.keys(entry.env)).not.toContain(entry.passwordVariable);
  });
});

test('has a database for tests beside the one of the app, and lets the app make others where that takes a grant; production has neither', () => {
  const own = 'CREATE DATABASE app_test;\n';
  const grants =
    "GRANT ALL PRIVILEGES ON `app\\_test`.* TO 'app'@'%';\nGRANT ALL PRIVILEGES ON `test\\_%`.* TO 'app'@'%';\n";
  for (const [kind, content] of [
    ['mariadb', own + grants],
    ['mysql', own + grants],
    ['postgres', own],
  ] as const) {
    const { files, trialFiles } = packagedCatalogue(kind);
    const [file] = trialFiles;
    expect(files).toEqual([]);
    expect(file?.path).toMatch(/^\/docker-entrypoint-initdb\.d\/.*\.sql$/);
    expect(file?.content).toBe(content);
  }
});

test('lets suites make databases of any name, where that takes a grant, by a file that production does not read', () => {
  for (const kind of ['mariadb', 'mysql'] as const) {
    const { trialFiles } = packagedCatalogue(kind);
    expect(trialFiles.at(-1)?.content).toBe("GRANT ALL PRIVILEGES ON *.* TO 'app'@'%';\n");
    const found = [{ kind, sources: [] }] as unknown as Parameters<typeof planServices>[0];
    const [service] = planServices(found, undefined, packagedCatalogue).services;
    const inTrials = [`${kind}/test-databases.sql`, `${kind}/any-database.sql`];
    expect(service?.files).toEqual([]);
    expect(service?.profiles.test?.files).toEqual(inTrials);
    expect(service?.profiles.dev?.files).toEqual(inTrials);
    expect(service?.profiles.prod).toBeUndefined();
  }
});

test('PostgreSQL keeps its data where that is mounted, also in releases whose image has another place for it', () => {
  const { env, data } = packagedCatalogue('postgres');
  expect(env.PGDATA).toBe(data);
});

test('a version replaces the tag and nothing else', () => {
  expect(imageOf(packagedCatalogue('mariadb'), '11.8')).toBe('docker.io/library/mariadb:11.8');
  expect(imageOf(packagedCatalogue('mariadb'))).toBe(packagedCatalogue('mariadb').image);
});

test('a shell health check runs in a shell, with the dollar signs of compose undone', () => {
  const text = readPackaged('compose/redis.yaml').replace('[CMD, redis-cli, ping]', '[CMD-SHELL, "ping $$HOME"]');
  expect(parseEntry('redis', text).health.args).toEqual(['sh', '-c', 'ping $HOME']);
});

test.each(SERVICE_KINDS)('the health check of %s needs no secret, which no engine gives it', kind => {
  const { health, passwordVariable } = packagedCatalogue(kind);
  if (passwordVariable !== undefined) expect(health.args.join(' ')).not.toContain(passwordVariable);
});

test('a file of another form is refused by name', () => {
  expect(() => parseEntry('redis', 'services: {}')).toThrow('compose/redis.yaml: no service redis');
  expect(() =>
    parseEntry('redis', readPackaged('compose/redis.yaml').replace('interval: 5s', 'intervall: 5s')),
  ).toThrow(/compose\/redis\.yaml: .*intervall/s);
});
