/** What detection finds in examples/flask-stream, written by hand so that plans can be tested without it. */
import type { Facts } from '../../../src/detect/facts.js';
import type { Sourced } from '../../../src/source/sourced.js';

const from = <T>(value: T, file = 'pyproject.toml', line = 1): Sourced<T> => ({ value, place: { file, line } });
const place = { file: 'pyproject.toml', line: 20 };

export const flaskStream: Facts = {
  name: from('flask-stream'),
  python: {
    version: from('3.11', '.python-version'),
    packageManager: from('poetry', 'poetry.lock'),
    lockfile: from('poetry.lock', 'poetry.lock'),
    dependencies: [
      { name: 'flask', group: 'main', place },
      { name: 'pymysql', group: 'main', place },
      { name: 'gunicorn', group: 'main', place },
      { name: 'pytest', group: 'dev', groupName: 'dev', place },
      { name: 'pytest-cov', group: 'dev', groupName: 'dev', place },
      { name: 'ruff', group: 'dev', groupName: 'dev', place },
      { name: 'pytest-playwright', group: 'dev', groupName: 'e2e', place },
    ],
    devGroup: from('dev'),
  },
  framework: from('flask'),
  entry: from(
    { module: 'flask_stream', attribute: 'create_app', call: 'factory', protocol: 'wsgi' },
    'flask_stream/__init__.py',
  ),
  server: from('gunicorn'),
  health: from('/health', 'flask_stream/health.py'),
  frontend: {
    root: 'frontend',
    packageManager: from('npm', 'frontend/package-lock.json'),
    nodeVersion: from('22', 'frontend/.nvmrc'),
    lockfile: from('frontend/package-lock.json', 'frontend/package-lock.json'),
    buildScript: from('build', 'frontend/package.json'),
    output: from('frontend/dist', 'frontend/vite.config.ts'),
  },
  services: [
    {
      kind: 'mariadb',
      addresses: [{ variable: from('DATABASE_URL', 'flask_stream/config.py'), scheme: from('mysql+pymysql') }],
    },
    { kind: 'redis', addresses: [{ variable: from('REDIS_URL', 'flask_stream/config.py'), scheme: from('redis') }] },
  ],
  migrate: from(['flask', 'db', 'upgrade'], 'migrations/env.py'),
  secrets: [from('SECRET_KEY', 'flask_stream/config.py')],
  native: [{ dependency: 'ffmpeg', build: [], runtime: ['ffmpeg'], place: { file: 'flask_stream/media.py', line: 1 } }],
  suites: [
    { name: 'lint', command: ['ruff', 'check', '.'], place },
    { name: 'unit', command: ['pytest', 'tests/unit', 'tests/integration'], place },
    { name: 'e2e', command: ['pytest', 'tests/e2e'], place, browser: from('1.58.0', 'poetry.lock') },
  ],
};
