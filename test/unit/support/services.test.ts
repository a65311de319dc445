/** What has to hold between definitions of services, and between them and the catalogue in compose/. */
import { describe, expect, it, test } from 'vitest';
import { packagedCatalogue } from '../../../src/planner/catalogue.js';
import { FOREIGN_SERVICES, RUN_SERVICES, SERVICE_KINDS, servicesOf } from '../../../src/support/run-services.js';

describe('services', () => {
  it('have each a place of their own in the order', () => {
    const ranks = [...RUN_SERVICES, ...FOREIGN_SERVICES].map(([, { rank }]) => rank);
    expect(new Set(ranks).size).toBe(ranks.length);
  });

  it('are claimed by a package, a protocol or a variable: nothing is there that no app can be shown to need', () => {
    const unreachable = RUN_SERVICES.filter(
      ([, { drivers, needsNoDriver }]) => drivers.length === 0 && needsNoDriver !== true,
    );
    expect(unreachable.map(([kind]) => kind)).toEqual([]);
  });

  it('belong to one definition with each of their images', () => {
    const repositories = RUN_SERVICES.flatMap(([, { images }]) => images.map(({ repository }) => repository));
    expect(new Set(repositories).size).toBe(repositories.length);
  });

  it('have a database backend in Django exactly when they are databases', () => {
    for (const [, { isDatabase, djangoEngine }] of RUN_SERVICES) expect(djangoEngine !== undefined).toBe(isDatabase);
  });

  it('are found by the packages that talk to them', () => {
    expect(servicesOf('rq')).toEqual(['redis']);
    expect(servicesOf('pymysql')).toEqual(['mariadb', 'mysql']);
    expect(servicesOf('flask')).toEqual([]);
  });
});

test.each(RUN_SERVICES)('%s agrees with the catalogue and with the others', (kind, service) => {
  expect(packagedCatalogue(kind).passwordVariable === undefined).toBe(service.isOpen);
  expect(service.variables.some(pattern => pattern.test(service.example))).toBe(true);
  if (service.insteadOf !== undefined) expect(SERVICE_KINDS).toContain(service.insteadOf);
  for (const { scheme, plain } of service.drivers) {
    // An address by HTTP says nothing of whose it is.
    if (plain === 'http') continue;
    expect(scheme).toMatch(service.schemes);
    expect(plain).toMatch(service.schemes);
  }
});
