/** Packages from indexes that ask for a password, by every way in which package managers are given one. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from '../e2e/support/example.js';
import { writeFiles } from '../e2e/support/files.js';
import { quayside } from '../e2e/support/quayside.js';
import { MONEY_APP, PAGES_APP, quaysideYaml } from './support/apps.js';
import { NPM_VERSION, type PrivateIndexes, startIndexes } from './support/indexes.js';

// With what an address has to encode.
const reader = { user: 'corp-user', password: `canary-${randomBytes(12).toString('hex')}/+@:` };
const encoded = encodeURIComponent(reader.password);
const basic = Buffer.from(`${reader.user}:${reader.password}`).toString('base64');

const scratch = makeScratch();
let indexes: PrivateIndexes;
beforeAll(async () => {
  indexes = await startIndexes(scratch.dir, reader);
});
afterAll(async () => {
  await indexes.close();
  scratch.remove();
});

interface Form {
  readonly files: (host: string) => Readonly<Record<string, string>>;
  /** What quayside.yaml declares. */
  readonly secrets: string;
  readonly env?: (host: string) => Readonly<Record<string, string>>;
  readonly flags?: (host: string) => readonly string[];
}

const PROJECT =
  '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11,<4"\ndependencies = ["corp-money"]\n';
const asItIs = { CORP_USER: reader.user, CORP_TOKEN: reader.password };
const inAddress = { CORP_USER: reader.user, CORP_TOKEN: encoded };
const credentials = (prefix: string) => ({
  [`${prefix}_USERNAME`]: reader.user,
  [`${prefix}_PASSWORD`]: reader.password,
});
const trusted = (host: string) => `--trusted-host ${host.split(':')[0]}`;
const netrc = (host: string) => `machine ${host.split(':')[0]} login ${reader.user} password ${reader.password}\n`;
const file = (name: string, text: string) => {
  const path = join(scratch.dir, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

const PYTHON: Readonly<Record<string, Form>> = {
  'requirements with variables': {
    files: host => ({
      'requirements.txt': `--extra-index-url http://\${CORP_USER}:\${CORP_TOKEN}@${host}/simple\n${trusted(host)}\ncorp-money==1.0\n`,
    }),
    secrets: 'CORP_USER: env, CORP_TOKEN: env',
    flags: () => ['--secret=CORP_USER=env:MY_USER', '--secret', 'CORP_TOKEN=env:MY_TOKEN'],
    env: () => ({ MY_USER: reader.user, MY_TOKEN: encoded }),
  },
  'a pip.conf in the source': {
    files: host => ({
      'requirements.txt': `${trusted(host)}\ncorp-money==1.0\n`,
      'pip.conf': `[global]\nextra-index-url =\n    http://\${CORP_USER}:\${CORP_TOKEN}@${host}/simple\n`,
    }),
    secrets: 'CORP_USER: env, CORP_TOKEN: env',
    env: () => inAddress,
  },
  'a pip.conf that is secret': {
    files: host => ({ 'requirements.txt': `${trusted(host)}\ncorp-money==1.0\n` }),
    secrets: 'PIP_CONF: { file: ~/.config/pip/pip.conf }',
    flags: host => [
      `--secret=PIP_CONF=file:${file('secret-pip.conf', `[global]\nextra-index-url = http://${reader.user}:${encoded}@${host}/simple\n`)}`,
    ],
  },
  'a .netrc': {
    files: host => ({
      'requirements.txt': `--extra-index-url http://${host}/simple\n${trusted(host)}\ncorp-money==1.0\n`,
    }),
    secrets: 'NETRC: { file: ~/.netrc }',
    flags: host => [`--secret=file:${file('.netrc', netrc(host))}`],
  },
  'an index of uv': {
    files: host => ({
      'pyproject.toml': `${PROJECT}[[tool.uv.index]]\nname = "corp"\nurl = "http://${host}/simple"\n`,
    }),
    secrets: 'UV_INDEX_CORP_USERNAME: env, UV_INDEX_CORP_PASSWORD: env',
    env: () => credentials('UV_INDEX_CORP'),
  },
  'a source of Poetry': {
    files: host => ({
      'pyproject.toml': `${PROJECT}[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = "corp"\nurl = "http://${host}/simple"\npriority = "supplemental"\n`,
    }),
    secrets: 'POETRY_HTTP_BASIC_CORP_USERNAME: env, POETRY_HTTP_BASIC_CORP_PASSWORD: env',
    env: () => credentials('POETRY_HTTP_BASIC_CORP'),
  },
  'a source of PDM': {
    files: host => ({
      'pyproject.toml': `${PROJECT}[tool.pdm]\ndistribution = false\n[[tool.pdm.source]]\nname = "corp"\nurl = "http://\${CORP_USER}:\${CORP_TOKEN}@${host}/simple"\nverify_ssl = false\n`,
    }),
    secrets: 'CORP_USER: env, CORP_TOKEN: env',
    env: () => asItIs,
  },
  'a source of Pipenv': {
    files: host => ({
      Pipfile: `[[source]]\nname = "corp"\nurl = "http://\${CORP_USER}:\${CORP_TOKEN}@${host}/simple"\nverify_ssl = false\n\n[packages]\ncorp-money = "*"\n`,
    }),
    secrets: 'CORP_USER: env, CORP_TOKEN: env',
    env: () => asItIs,
  },
};

const page = (manager: string) => ({
  'requirements.txt': '',
  'main.py': PAGES_APP,
  'frontend/package.json': JSON.stringify({
    ...(manager === '' ? {} : { packageManager: manager }),
    scripts: { build: 'node build.js' },
    dependencies: { '@corp/money': NPM_VERSION },
  }),
  'frontend/build.js':
    "const fs = require('fs'); fs.mkdirSync('dist', { recursive: true }); fs.writeFileSync('dist/index.html', `rate ${require('@corp/money')}`);\n",
});
const npmrc = (host: string) => `@corp:registry=http://${host}/npm/\n//${host}/npm/:_authToken=\${NPM_TOKEN}\n`;
const byToken = { secrets: 'NPM_TOKEN: env', env: () => ({ NPM_TOKEN: reader.password }) };

const NODE: Readonly<Record<string, Form>> = {
  npm: { files: host => ({ ...page(''), 'frontend/.npmrc': npmrc(host) }), ...byToken },
  'npm, by a .npmrc that is secret': {
    files: host => ({ ...page(''), 'frontend/.npmrc': `@corp:registry=http://${host}/npm/\n` }),
    secrets: 'NPMRC: { file: ~/.npmrc }',
    flags: host => [`--secret=NPMRC=file:${file('secret.npmrc', `//${host}/npm/:_authToken=${reader.password}\n`)}`],
  },
  pnpm: { files: host => ({ ...page('pnpm@10.34.8'), 'frontend/.npmrc': npmrc(host) }), ...byToken },
  'yarn 1': { files: host => ({ ...page('yarn@1.22.22'), 'frontend/.npmrc': npmrc(host) }), ...byToken },
  'yarn 4': {
    files: host => ({
      ...page('yarn@4.18.1'),
      'frontend/.yarnrc.yml': `nodeLinker: node-modules\nunsafeHttpWhitelist: ["${host.split(':')[0]}"]\nnpmScopes:\n  corp:\n    npmRegistryServer: "http://${host}/npm"\n    npmAlwaysAuth: true\n    npmAuthToken: "\${NPM_TOKEN}"\n`,
    }),
    ...byToken,
  },
};

const only = process.env.QUAYSIDE_TEST_FORM;
const forms = Object.entries({ ...PYTHON, ...NODE }).filter(
  ([name]) => only === undefined || new RegExp(only).test(name),
);

describe('packages of a private index', () => {
  test.each(forms)('%s', async (name, { files, secrets, env, flags }) => {
    const directory = join(scratch.dir, name.replaceAll(/\W+/g, '-'));
    const app = join(directory, 'app');
    const image = join(directory, 'image.tar');
    mkdirSync(app, { recursive: true });
    const isNode = Object.hasOwn(NODE, name);
    const frontend = isNode ? 'frontend: { root: frontend, output: frontend/dist }\n' : '';
    writeFiles(app, {
      'main.py': MONEY_APP,
      ...asNew(files(indexes.host)),
      'quayside.yaml': quaysideYaml(secrets, frontend),
    });
    const before = indexes.allowed.length;
    const built = await quayside(['build', `--source=${app}`, ...(flags?.(indexes.host) ?? []), `--output=${image}`], {
      env: { ...env?.(indexes.host), QUAYSIDE_REACH: indexes.host },
    });
    expect(built.stderr + built.stdout).not.toMatch(
      new RegExp([reader.password, encoded, basic].map(literal).join('|')),
    );
    expect(built, built.stderr).toMatchObject({ code: 0 });
    const asked = indexes.allowed.slice(before);
    // The archive itself may come from a cache.
    expect(asked.some(path => path.includes('money'))).toBe(true);
    expect(await filesWith(image)).toEqual([]);
  });
});

/** With a list of packages that no earlier run has installed: neither the address of the index nor its secrets are part of what a result is known by. */
function asNew(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { 'requirements.txt': list } = files;
  return list === undefined ? files : { ...files, 'requirements.txt': `${list}# ${NPM_VERSION}\n` };
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Files of an image's archive, layers among them, that hold the password in some form. */
async function filesWith(image: string): Promise<readonly string[]> {
  const unpacked = `${image}.unpacked`;
  mkdirSync(unpacked);
  await execa('tar', ['-xf', image, '-C', unpacked]);
  const { stdout } = await execa('find', [unpacked, '-type', 'f']);
  const found = await Promise.all(
    stdout.split('\n').map(async path => {
      const { stdout: plain } = await execa('zcat', ['-f', path], { encoding: 'buffer', maxBuffer: 1 << 30 });
      const bytes = Buffer.from(plain);
      return [reader.password, encoded, basic].some(text => bytes.includes(text)) ? [path] : [];
    }),
  );
  await execa('rm', ['-rf', unpacked, image]);
  return found.flat();
}
