/** Compose files for people who use an app, which only name the image that it is published as. */
import { describe, expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const DOCKERFILE = 'FROM python:3.12\nWORKDIR /srv\nCOPY . .\nCMD ["gunicorn", "shop:create_app()"]\n';

const compose = (image: string, more = '') =>
  `services:\n  web:\n    image: ${image}\n    environment: { SHOP_COLOUR: red }\n    volumes: ["./kept:/srv/kept"]\n${more}`;

const app = (files: Files): Files =>
  withFiles(FLASK, {
    'shop/config.py': 'import os\n\nCOLOUR = os.environ.get("SHOP_COLOUR")\n',
    Dockerfile: DOCKERFILE,
    ...files,
  });

const found = async (files: Files) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const given = (facts!.environment ?? []).map(({ name, value }) => `${name}=${value.value}`);
  return [...given, ...(facts!.volumes ?? []).map(({ value }) => value)];
};

const FOLLOWED = ['SHOP_COLOUR=red', 'kept'];

describe('an image', () => {
  it.each<readonly [string, Files]>([
    ['a package of the source', { 'compose.yaml': compose('ghcr.io/someone/shop:latest') }],
    ['a package, in other words', { 'compose.yaml': compose('someone/SHOP:${TAG:-1}') }],
    [
      'its project',
      {
        'compose.yaml': compose('registry.example.com/big-store'),
        'pyproject.toml': '[tool.ruff]\n[project]\nname = "big_store"\nversion = "1"\n',
      },
    ],
    [
      'the title of what is read first',
      { 'compose.yaml': compose('a/big-store'), 'README.md': '\n# Big Store\n\nSells.\n' },
    ],
    ['a part of it', { 'compose.yaml': compose('ghcr.io/someone/shop/api') }],
  ])('that is called after %s is the app’s', async (_, files) => {
    expect(await found(app(files))).toEqual(FOLLOWED);
  });

  it.each<readonly [string, Readonly<Record<string, string | undefined>>]>([
    ['is called otherwise', { 'compose.yaml': compose('someone/store') }],
    ['is a part of something else', { 'compose.yaml': compose('someone/store/api') }],
    ['is beside what is built', { 'compose.yaml': compose('someone/shop', '  own:\n    build: .\n') }],
    ['has no Dockerfile here', { 'compose.yaml': compose('someone/shop'), Dockerfile: undefined }],
  ])('that %s is another’s', async (_, files) => {
    expect(await found(withFiles(app({}), files))).toEqual([]);
  });
});

it('is kept where the image has what lies in a directory of the source', async () => {
  const files = withFiles(app({ 'compose.yaml': compose('someone/shop') }), {
    Dockerfile: DOCKERFILE.replace('COPY . .', 'COPY shop ./'),
  });
  expect(await found(files)).toContain('shop/kept');
});
