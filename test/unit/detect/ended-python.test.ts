/** What is said of an app that runs on a Python which nobody mends any more, and what its image is made with. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';

const app = async (files: Readonly<Record<string, string>>) => {
  const { app: understood } = await understand(
    memoryTree({
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py':
        "import os\n\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = os.environ['DATABASE_URL']\n",
      ...files,
    }),
  );
  return understood!;
};

describe('the warning', () => {
  it.each([
    [
      'of one that is asked for',
      { '.python-version': '3.8\n' },
      'no security fixes since October 2024',
      'a later one can be asked for',
    ],
    [
      'names what keeps the app on it',
      { 'requirements.txt': 'flask\ngunicorn\nJinja2==2.10\nPyJWT==1.4.2\n' },
      'no security fixes since October 2025',
      'a later one needs later releases than jinja2 2.10, pyjwt 1.4.2',
    ],
    [
      'of one that is taken without being asked for',
      { '.python-version': '3.10\n' },
      'no security fixes since October 2026',
      'a later one can be asked for',
    ],
  ])('%s', async (_, files, value, why) => {
    const { ended } = (await app(files)).facts.python;
    expect([ended?.value, ended?.why]).toEqual([value, why]);
  });

  it('is not there for one that is mended', async () => {
    expect((await app({ '.python-version': '3.11\n' })).facts.python.ended).toBeUndefined();
  });
});

describe('the version that is chosen', () => {
  it.each([
    ['gunicorn==19.7.1 gevent==1.2.2 Jinja2==2.10', '3.6'],
    ['gunicorn==19.8.0 gevent==1.3.4 Jinja2==2.10', '3.7'],
    ['gunicorn==19.7.1 Jinja2==2.10', '3.9'],
    ['gunicorn==19.8.0 gevent==25.8.1', '3.13'],
  ])('is one on which workers of gunicorn before 19.8 can be imported, for %s', async (pins, version) => {
    const list = `flask\n${pins.replaceAll(' ', '\n')}\n`;
    expect((await app({ 'requirements.txt': list })).facts.python.version.value).toBe(version);
  });
});

describe('the image', () => {
  const filesOf = async (version: string) => Object.keys((await app({ '.python-version': `${version}\n` })).plan.files);

  it.each([
    ['3.8', []],
    ['3.7', ['old_metadata.py']],
    ['3.6', ['old-compile.py', 'old-pip.py', 'old_metadata.py']],
  ])('of Python %s brings what that lacks', async (version, files) => {
    expect((await filesOf(version)).filter(name => name.startsWith('old'))).toEqual(files);
  });

  it('has a compiler where its packages are installed', async () => {
    const built = async (version: string) => (await app({ '.python-version': `${version}\n` })).facts.native;
    expect((await built('3.8')).map(({ dependency, build }) => [dependency, build.length > 0])).toEqual([
      ['packages of the time of 3.8', true],
    ]);
    expect(await built('3.10')).toEqual([]);
  });

  it('runs the pip of 3.6 as a newer one, and every other as it is', async () => {
    const text = async (version: string) =>
      JSON.stringify((await app({ '.python-version': `${version}\n` })).plan.stages);
    expect(await text('3.6')).toContain('python /usr/local/lib/quayside/old-pip.py --python /opt/venv/bin/python');
    expect(await text('3.6')).not.toContain('python -m pip');
    expect(await text('3.7')).toContain('python -m pip --python /opt/venv/bin/python');
  });

  it('reads a lock with the last of its manager that runs on the Python', async () => {
    const lock = {
      'pyproject.toml':
        '[tool.poetry]\nname = "a"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.8,<3.9"\nflask = "*"\ngunicorn = "*"\n',
      'poetry.lock': '[metadata]\ncontent-hash = "0"\nlock-version = "2.0"\npython-versions = "^3.8,<3.9"\n',
    };
    const { plan, facts } = await app(lock);
    expect(facts.python.version.value).toBe('3.8');
    expect(JSON.stringify(plan.stages)).toContain('poetry==1.8.5 poetry-plugin-export==1.8.0');
  });

  it.each([
    ['poetry', '3.7-slim', 'poetry==1.5.1 poetry-plugin-export==1.4.0'],
    ['uv', '3.6-slim', '--ignore-requires-python uv=='],
  ])('reads a lock of %s for 3.6 where its manager runs', async (manager, image, packages) => {
    const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      poetry: {
        'pyproject.toml':
          '[tool.poetry]\nname = "a"\nversion = "1"\n[tool.poetry.dependencies]\npython = "~3.6"\nflask = "*"\ngunicorn = "*"\n',
        'poetry.lock': '[metadata]\ncontent-hash = "0"\nlock-version = "1.1"\npython-versions = "~3.6"\n',
      },
      uv: {
        'pyproject.toml':
          '[project]\nname = "a"\nversion = "1"\nrequires-python = "==3.6.*"\ndependencies = ["flask", "gunicorn"]\n',
        'uv.lock': 'version = 1\nrequires-python = "==3.6.*"\n[[package]]\nname = "a"\nsource = { virtual = "." }\n',
      },
    };
    const { plan, facts } = await app(files[manager]!);
    expect(facts.python.version.value).toBe('3.6');
    const lock = plan.stages.find(({ id }) => id === 'python-lock')!;
    expect(lock.base).toEqual({ kind: 'image', reference: `docker.io/library/python:${image}` });
    expect(JSON.stringify(lock.steps)).toContain(packages);
    const builder = plan.stages.find(({ id }) => id === 'python-builder')!;
    expect(builder.base).toMatchObject({ reference: 'docker.io/library/python:3.6-slim' });
  });

  it('builds what has wheels that no system of today can load', async () => {
    const text = JSON.stringify((await app({ 'requirements.txt': 'flask\ngunicorn\npsycopg2==2.7.3\n' })).plan.stages);
    expect(text).toContain('--no-binary=psycopg2');
    const later = await app({ 'requirements.txt': 'flask\ngunicorn\npsycopg2==2.7.4\n' });
    expect(JSON.stringify(later.plan.stages)).not.toContain('--no-binary');
  });
});
