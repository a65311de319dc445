/** Files that git has as samples alone: copied where the app's container, CI, scripts or the readme make the copy that the code needs. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const image = (...lines: readonly string[]) =>
  `${['FROM python:3.12', 'WORKDIR /app', 'COPY . .', ...lines, 'CMD ["gunicorn", "shop:create_app()"]'].join('\n')}\n`;

const IMPORTS = { 'shop/views.py': 'from shop import settings\n', 'shop/settings.example.py': 'A = 1\n' };
const CI = (run: string) => `jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run}\n`;

describe('copies', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'a file that the container copies while it is made',
      { ...IMPORTS, Dockerfile: image('RUN cp shop/settings.example.py shop/settings.py') },
      ['shop/settings.example.py to shop/settings.py Dockerfile:4'],
    ],
    [
      'one that it has under another name',
      { 'deploy/live.toml': '', Dockerfile: image('COPY deploy/live.toml ./config.toml') },
      ['deploy/live.toml to config.toml Dockerfile:4'],
    ],
    [
      'one that its script copies first',
      {
        'config.sample.yml': '',
        Dockerfile: image('ENTRYPOINT ["/app/start.sh"]'),
        'start.sh':
          '#!/bin/sh\n[ -f /app/config/config.yml ] || cp /app/config.sample.yml /app/config/config.yml\nexec "$@"\n',
      },
      ['config.sample.yml to config/config.yml start.sh:2'],
    ],
    [
      'a module that CI copies and that the code imports',
      { ...IMPORTS, '.github/workflows/ci.yml': CI('cp shop/settings.example.py shop/settings.py') },
      ['shop/settings.example.py to shop/settings.py .github/workflows/ci.yml:1'],
    ],
    [
      'the same of the readme',
      { ...IMPORTS, 'README.md': '# Shop\n\n    $ cp shop/settings.example.py shop/settings.py\n' },
      ['shop/settings.example.py to shop/settings.py README.md:3'],
    ],
    [
      'a file that the code names',
      {
        'shop/conf.py': 'import tomllib\n\nCONF = tomllib.load(open("shop.toml", "rb"))\n',
        'shop.toml.dist': '',
        Makefile: 'init:\n\tcp shop.toml.dist shop.toml\n',
      },
      ['shop.toml.dist to shop.toml Makefile:1'],
    ],
    [
      'none that is imported where it may be missing, nor one that nothing names',
      {
        'shop/views.py': 'try:\n    from shop import local\nexcept ImportError:\n    local = None\n',
        'shop/local.example.py': '',
        'other.example.json': '',
        'README.md': 'cp shop/local.example.py shop/local.py\ncp other.example.json other.json\n',
      },
      [],
    ],
    [
      'no variables, nor what git has, nor what lies outside',
      {
        ...IMPORTS,
        'shop/settings.py': '',
        '.env.example': 'A=1\n',
        Dockerfile: image(
          'RUN cp .env.example .env',
          'RUN cp shop/settings.example.py shop/settings.py',
          'RUN cp shop/settings.example.py /etc/shop.py',
        ),
      },
      [],
    ],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(withFiles(FLASK, files));
    expect(diagnostics).toEqual([]);
    const { copies = [] } = facts!;
    expect(copies.map(({ from, value, place }) => `${from} to ${value} ${place.file}:${place.line}`)).toEqual(expected);
    const { stages } = makePlan(facts!, {});
    const made = stages.filter(({ steps }) => JSON.stringify(steps).includes('copy what git has as a sample'));
    expect(made.map(({ id }) => id)).toEqual(expected.length > 0 ? expect.arrayContaining(['production', 'test']) : []);
    const told = (facts!.left ?? []).filter(({ value }) => expected.some(copy => value.includes(copy.split(' ')[0]!)));
    expect(told).toEqual([]);
  });

  it('are read as if they were there', async () => {
    const settings = 'import os\n\nKEY = os.environ["SHOP_KEY"]\n';
    const files = {
      ...IMPORTS,
      'shop/settings.example.py': settings,
      Dockerfile: image('RUN cp shop/settings.example.py shop/settings.py'),
    };
    const { facts } = await detectFiles(withFiles(FLASK, files));
    expect(facts!.needed?.map(({ name }) => name)).toContain('SHOP_KEY');
  });
});
