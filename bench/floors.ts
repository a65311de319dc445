/**
 * What the image of each example cannot be without, written down by hand: the image it stands on, the Debian packages that the app
 * calls or links to, its locked packages, its own files. Nothing here is taken from Quayside's detection or plans.
 */

/** One image and the least that it can consist of. */
export interface Floor {
  readonly example: string;
  /** Absent: the web server's image. */
  readonly component?: string;
  readonly base: string;
  /** Debian packages by their names, without what they depend on. */
  readonly system: readonly string[];
  /** Commands that leave, in an image of `base` and the source, what the paths below name; they begin in the source. */
  readonly make: readonly string[];
  /** Paths of the packages that the app depends on. */
  readonly dependencies: readonly string[];
  /** Paths of the app itself. */
  readonly app: readonly string[];
  /** A file of the app to which a line is added, to see what of the image becomes another. */
  readonly edited?: string;
  /** A part of the app that another image makes. */
  readonly frontend?: { readonly base: string; readonly make: readonly string[]; readonly path: string };
}

const PYTHON_3_11 = 'docker.io/library/python:3.11-slim';
const PYTHON_3_13 = 'docker.io/library/python:3.13-slim';
const NODE = 'docker.io/library/node:22-slim';

/** The packages of a list as pip leaves them: compiled, and without pip itself, which no server needs. */
const install = (list: string): readonly string[] => [
  'python -m venv --without-pip /venv',
  `pip --python /venv/bin/python install -r ${list}`,
];
const POETRY = ['pip install poetry poetry-plugin-export', 'poetry export --only main --output main.txt'];
const UV = ['pip install uv', 'uv export --locked --no-dev --no-emit-project --output-file main.txt'];

/** The images of all examples. */
export const FLOORS: readonly Floor[] = [
  {
    example: 'django-board',
    base: PYTHON_3_13,
    system: [],
    make: [
      ...UV,
      ...install('main.txt'),
      'SECRET_KEY=none PYTHONDONTWRITEBYTECODE=1 /venv/bin/python manage.py collectstatic --no-input',
    ],
    dependencies: ['/venv'],
    app: ['board', 'config', 'manage.py', 'staticfiles'],
    edited: 'board/views.py',
  },
  {
    example: 'fastapi-digest',
    base: PYTHON_3_11,
    system: ['espeak-ng'],
    make: [...POETRY, ...install('main.txt')],
    dependencies: ['/venv'],
    app: ['digest'],
    edited: 'digest/store.py',
  },
  {
    example: 'fastapi-digest',
    component: 'frontend',
    base: NODE,
    system: [],
    make: ['cd frontend', 'npm ci', 'npm run build', 'mv .next/standalone/node_modules /packages'],
    dependencies: ['/packages'],
    app: ['frontend/.next/standalone', 'frontend/.next/static', 'frontend/public'],
  },
  {
    example: 'fastapi-digest',
    component: 'gateway',
    base: 'docker.io/nginxinc/nginx-unprivileged:1.26',
    system: [],
    make: [],
    dependencies: [],
    app: ['nginx'],
  },
  {
    example: 'fastapi-media',
    base: PYTHON_3_11,
    system: ['ffmpeg', 'libgl1', 'libglib2.0-0', 'libpq5'],
    make: [
      'apt-get update',
      'apt-get install -y build-essential libffi-dev libpq-dev',
      ...install('backend/requirements.txt'),
    ],
    dependencies: ['/venv'],
    app: ['backend/main.py', 'backend/media', 'backend/migrations', 'backend/alembic.ini', 'backend/static'],
    edited: 'backend/media/routes.py',
  },
  {
    example: 'flask-gallery',
    base: PYTHON_3_11,
    system: ['ffmpeg'],
    make: install('requirements.txt'),
    dependencies: ['/venv'],
    app: ['gallery'],
    edited: 'gallery/views.py',
  },
  {
    example: 'flask-shop',
    base: PYTHON_3_13,
    system: [],
    make: [...UV, ...install('main.txt')],
    dependencies: ['/venv'],
    app: ['flask_shop', 'migrations'],
    edited: 'flask_shop/orders.py',
  },
  {
    example: 'flask-stream',
    base: PYTHON_3_11,
    system: ['ffmpeg'],
    make: [...POETRY, ...install('main.txt')],
    dependencies: ['/venv'],
    app: ['flask_stream', 'migrations', 'frontend/dist'],
    edited: 'flask_stream/errors.py',
    frontend: { base: NODE, make: ['cd frontend', 'npm ci', 'npm run build'], path: 'frontend/dist' },
  },
];
