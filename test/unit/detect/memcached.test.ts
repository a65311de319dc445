/** memcached: found by its clients, and told as the one who reads its address expects it. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

const flask = (packages: string, code: string): Files =>
  withFiles(FLASK, {
    'requirements.txt': `flask==3.1.0\ngunicorn==23.0.0\n${packages.split(' ').join('\n')}\n`,
    'shop/config.py': `import os\n${code}\n`,
  });
const django = (packages: string, caches: string): Files =>
  withFiles(DJANGO, {
    'requirements.txt': `Django==5.2\ngunicorn==23.0.0\n${packages.split(' ').join('\n')}\n`,
    'site_/settings.py': `import os\n\nimport environ\n\nenv = environ.Env()\n${caches}\n`,
  });

/** What the app is told, in words: each variable with its value. */
async function told(files: Files): Promise<Readonly<Record<string, string>>> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  expect(facts!.services.map(({ kind }) => kind)).toEqual(facts!.services.length > 0 ? ['memcached'] : []);
  const plan = makePlan(facts!, {});
  const words = { host: 'memcached', port: '11211', password: '?' };
  const { env = {} } =
    plan.processes.find(({ role }) => role === 'web')!.needs.find(({ to }) => to === 'memcached') ?? {};
  return Object.fromEntries(
    Object.entries(env).map(([name, parts]) => [
      name,
      parts.map(part => (part.kind === 'text' ? part.text : words[part.kind])).join(''),
    ]),
  );
}

const PLACE = 'memcached:11211';
const PY = 'django.core.cache.backends.memcached.PyMemcacheCache';
const LIB = 'django.core.cache.backends.memcached.PyLibMCCache';

describe('memcached is told where it is', () => {
  it.each<readonly [string, Files, Readonly<Record<string, string>>]>([
    [
      'Flask-Caching, by a variable with the name of the setting',
      flask(
        'flask-caching pylibmc',
        'CACHE_TYPE = "MemcachedCache"\nCACHE_MEMCACHED_SERVERS = [os.environ["CACHE_MEMCACHED_SERVERS"]]',
      ),
      { CACHE_MEMCACHED_SERVERS: PLACE },
    ],
    [
      'Flask-Caching, by a variable of any name',
      flask(
        'flask-caching pylibmc',
        'from flask_caching import Cache\ncache = Cache(config={"CACHE_TYPE": "MemcachedCache", "CACHE_MEMCACHED_SERVERS": os.getenv("CACHE_NODES", "localhost:11211").split(",")})',
      ),
      { CACHE_NODES: PLACE },
    ],
    [
      'Flask-Caching, by way of a name, and not Redis by that of a variable',
      flask(
        'flask-caching pylibmc',
        'NODES = os.environ["CACHE_SERVER"]\n\ndef init(app):\n    app.config["CACHE_MEMCACHED_SERVERS"] = [NODES]',
      ),
      { CACHE_SERVER: PLACE },
    ],
    [
      'Django with pymemcache',
      django('pymemcache', `CACHES = {"default": {"BACKEND": "${PY}", "LOCATION": os.environ["CACHE_LOCATION"]}}`),
      { CACHE_LOCATION: PLACE },
    ],
    [
      'Django with pylibmc, among other caches',
      django(
        'pylibmc django-environ',
        `CACHES = {\n    "files": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": os.environ["FILES"]},\n    "default": {"LOCATION": env("WHERE"), "BACKEND": "${LIB}"},\n}`,
      ),
      { WHERE: PLACE },
    ],
    [
      "Django's URL",
      django('pymemcache django-environ', 'CACHES = {"default": env.cache("MEMCACHED_URL")}'),
      { MEMCACHED_URL: `pymemcache://${PLACE}` },
    ],
    [
      'pymemcache, in parts',
      flask(
        'pymemcache',
        'from pymemcache.client.base import Client\nC = Client((os.environ["MEMCACHED_HOST"], int(os.getenv("MEMCACHED_PORT", "11211"))))',
      ),
      { MEMCACHED_HOST: 'memcached', MEMCACHED_PORT: '11211' },
    ],
    [
      'pymemcache, by servers',
      flask('pymemcache', 'S = os.environ["MEMCACHED_SERVERS"].split(",")'),
      { MEMCACHED_SERVERS: PLACE },
    ],
    ['by a URL', flask('pylibmc', 'U = os.environ["MEMCACHED_URL"]'), { MEMCACHED_URL: `memcached://${PLACE}` }],
    [
      'by a URL that its default shows',
      flask('pymemcache flask-limiter', 'U = os.getenv("RATELIMIT_STORAGE_URI", "memcached://localhost:11211")'),
      { RATELIMIT_STORAGE_URI: `memcached://${PLACE}` },
    ],
    [
      'aiomcache, without a login',
      flask('aiomcache', 'H = os.environ["MEMCACHE_HOST"]\nU = os.environ["MEMCACHE_USERNAME"]'),
      { MEMCACHE_HOST: 'memcached', MEMCACHE_USERNAME: '' },
    ],
    ['nobody', flask('flask-caching', 'CACHE_TYPE = os.environ["CACHE_TYPE"]'), {}],
  ])('%s', async (_, files, expected) => {
    expect(await told(files)).toEqual(expected);
  });

  it('and asked for when no variable says where', async () => {
    const { diagnostics } = await detectFiles(flask('pymemcache', 'import pymemcache\nC = ("localhost", 11211)'));
    expect(diagnostics.map(({ code, data }) => [code, data])).toEqual([
      ['QS502', { service: 'memcached', driver: 'pymemcache', example: 'MEMCACHED_URL' }],
    ]);
  });

  it('in the version of the compose file', async () => {
    const files = withFiles(flask('pymemcache', 'S = os.environ["MEMCACHED_SERVERS"]'), {
      'compose.yaml': 'services: { cache: { image: "memcached:${MC:-1.6.38}-alpine" } }\n',
    });
    const { facts } = await detectFiles(files);
    expect(facts!.services[0]?.version?.value).toBe('1.6.38');
  });
});
