/** The list of what an image consists of, beside what the image's own package managers say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerTools, type Tools } from '../engine/support/tools.js';
import { makeScratch } from './support/example.js';
import { quayside } from './support/quayside.js';

const EXAMPLES = new URL('../../examples/', import.meta.url).pathname;
const scratch = makeScratch();
let tools: Tools;

beforeAll(async () => {
  tools = await containerTools(join(scratch.dir, 'podman'));
});
afterAll(async () => {
  await tools.podman('rm', '--all', '--force', '--time', '0');
  await tools.close();
  scratch.remove();
});

interface Component {
  readonly purl?: string;
  readonly evidence: { readonly occurrences: readonly { readonly location: string }[] };
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

/** What Python itself says of what it can import, by names as its index has them. */
const PYTHON = `
import importlib.metadata, re
for d in importlib.metadata.distributions():
    print('pkg:pypi/' + re.sub(r'[-_.]+', '-', d.metadata['Name']).lower() + '@' + d.version)
`;

describe.each([
  { example: 'flask-stream', lock: 'frontend/package-lock.json' },
  { example: 'django-board', lock: undefined },
])('of $example', ({ example, lock }) => {
  const image = `localhost/${example}:sbom`;
  let components: readonly Component[];
  const purls = (start: string) =>
    components.flatMap(({ purl }) => (purl?.startsWith(start) ? [decodeURIComponent(purl.split('?')[0]!)] : []));
  const foundIn = (place: string) =>
    components.flatMap(({ purl, evidence }) =>
      purl?.startsWith('pkg:pypi/') && evidence.occurrences.some(({ location }) => location.startsWith(place))
        ? [purl.split('?')[0]!]
        : [],
    );
  const run = async (...words: readonly string[]) => {
    const said = await tools.podman(
      'run',
      '--rm',
      '--network=none',
      '--entrypoint',
      words[0]!,
      image,
      ...words.slice(1),
    );
    return said.split('\n').filter(line => line !== '');
  };

  beforeAll(async () => {
    const source = `--source=${EXAMPLES}${example}`;
    const archive = join(scratch.dir, `${example}.tar`);
    const list = join(scratch.dir, `${example}.json`);
    // Of a platform, it is not started first.
    const platform = `--platform=linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
    expect(await quayside(['build', source, platform, `--output=${archive}`])).toMatchObject({ code: 0 });
    expect(await quayside(['sbom', source, `--output=${list}`])).toMatchObject({ code: 0 });
    components = JSON.parse(readFileSync(list, 'utf8')).components;
    await tools.podman('tag', await tools.podman('pull', '--quiet', `oci-archive:${archive}`), image);
  });

  test('all packages of Debian that dpkg lists, and no other', async () => {
    const said = await run('dpkg-query', '-W', '-f', '${db:Status-Status} pkg:deb/debian/${Package}@${Version}\n');
    const installed = said.flatMap(line => (line.startsWith('installed ') ? [line.slice('installed '.length)] : []));
    expect(sorted(purls('pkg:deb/'))).toEqual(sorted(installed));
    expect(installed.length).toBeGreaterThan(50);
  });

  test.each([
    ['of the app', 'python', '/opt/venv/'],
    ["of the image's Python", '/usr/local/bin/python', '/usr/local/'],
  ])('all packages that Python lists, %s, and no other', async (_, python, place) => {
    const listed = await run(python, '-I', '-c', PYTHON);
    expect(sorted(foundIn(place))).toEqual(sorted(listed));
  });

  // Skipped for django-board: it has no frontend, so no lock file of one.
  test.runIf(lock !== undefined)('all that the lock file of its frontend names, and no other', () => {
    const { packages } = JSON.parse(readFileSync(`${EXAMPLES}${example}/${lock}`, 'utf8'));
    const names = Object.entries<{ version: string }>(packages).flatMap(([path, { version }]) =>
      path === '' ? [] : [`pkg:npm/${path.split('node_modules/').at(-1)}@${version}`],
    );
    expect(sorted(purls('pkg:npm/'))).toEqual(sorted(names));
  });
});
