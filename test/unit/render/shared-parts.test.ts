/** What services say alike stands once in a compose file, and means what it meant in each of them. */
import { describe, expect, test } from 'vitest';
import { type Document, parse } from 'yaml';
import { withSharedParts } from '../../../src/render/shared-parts.js';
import { remarked, type YamlData, yamlFile } from '../../../src/render/yaml-file.js';

const LOGS = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } };
const BOUNDS = { read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'], logging: LOGS };
const CODE = { ...BOUNDS, user: '1000', environment: { A: '1', B: 'no', C: null, D: '2' } };
const CONTENT = {
  name: 'shop',
  services: {
    postgres: { image: 'postgres', logging: LOGS },
    web: { ...CODE, ports: ['80:80'] },
    worker: { ...CODE, command: ['work'], restart: 'no' },
    proxy: { ...BOUNDS, user: '101', environment: { ...CODE.environment, D: '3' } },
  },
  volumes: { data: {} },
};
const COMMON = [
  { name: 'confined', services: ['web', 'worker', 'proxy', 'elsewhere'], keys: Object.keys(BOUNDS) },
  { name: 'app', services: ['web', 'worker'] },
];

const textOf = (content: YamlData, common: Parameters<typeof withSharedParts>[2] = COMMON) =>
  yamlFile('compose.yaml', 'x', (document: Document) => withSharedParts(document, content, common), ['services']).text;

describe('parts', () => {
  const text = textOf(CONTENT);

  test('mean the same to who reads them', () => {
    const { services, name, volumes } = parse(text, { merge: true });
    expect({ name, services, volumes }).toEqual(CONTENT);
  });

  test('stand once, before what has them, and may be parts of each other', () => {
    expect(text.match(/max-size/g)).toHaveLength(1);
    expect(text.match(/cap_drop/g)).toHaveLength(1);
    expect(Object.keys(parse(text))).toEqual(['name', 'x-logging', 'x-confined', 'x-app', 'services', 'volumes']);
    expect(text).toContain('x-app: &app\n  <<: *confined\n  user: "1000"\n');
    expect(text).toMatch(/^ {2}worker:\n {4}<<: \*app\n {4}command:\n/m);
    expect(text).toMatch(/^ {2}postgres:\n {4}image: postgres\n {4}logging: \*logging\n/m);
  });

  test('are none of what differs, what one alone says, what is short, and what has words for people behind it', () => {
    const said = { a: remarked('x', 'why'), b: '1', c: '2', d: '3' };
    const services = {
      one: { image: 'x', environment: said, build: { context: '.' } },
      two: { image: 'x', environment: said, build: { context: '.' } },
      three: { image: 'y', deploy: { a: 1, b: 2, c: 3, d: 4 } },
    };
    const plain = textOf({ services }, [{ name: 'app', services: ['one', 'two'] }]);
    expect(plain).not.toMatch(/[&*]|x-/);
    expect(plain.match(/a: x # why/g)).toHaveLength(2);
    expect(textOf({ services }, [{ name: 'app', services: ['one', 'gone'] }])).toBe(plain);
  });

  test('of one key that are alike in twos have names of their own', () => {
    const [first, second] = [LOGS, { ...LOGS, driver: 'local' }];
    const services = { a: { logging: first }, b: { logging: first }, c: { logging: second }, d: { logging: second } };
    const text = textOf({ services });
    expect(text).toContain('x-logging-2: &logging-2\n  driver: local');
    expect(parse(text).services).toEqual(services);
  });
});
