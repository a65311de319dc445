/** Packages that tests are run with, and what of them in tests or in pytest's settings shows that they are wanted. */

import { normaliseName } from '../pep508/requirement.js';

/** What asks for a package, where no dependency brings it. */
export interface TestTool {
  /** Modules that tests import. */
  readonly modules?: readonly string[];
  /** Fixtures of pytest that it brings. */
  readonly fixtures?: readonly string[];
  /** Marks such as `@pytest.mark.asyncio`. */
  readonly marks?: readonly string[];
  /** Lines of pytest's settings without which pytest fails, or the tests do. */
  readonly settings?: RegExp;
  /** The first version that is not taken. */
  readonly below?: string;
  /** Packages that do instead, with the extras that bring it; none: by themselves. */
  readonly instead?: Readonly<Record<string, readonly string[]>>;
  /** The framework that it is for. */
  readonly of?: string;
}

/** By the names of their packages. */
export const TEST_TOOLS = {
  pytest: { modules: ['pytest'] },
  'pytest-asyncio': { modules: ['pytest_asyncio'], marks: ['asyncio'], settings: /^[ \t]*"?asyncio_(default_|mode)/m },
  'pytest-django': {
    of: 'django',
    modules: ['pytest_django', 'django.test', 'django.contrib.staticfiles.testing', 'rest_framework.test'],
    fixtures: [
      'db',
      'transactional_db',
      'django_db_setup',
      'django_user_model',
      'django_assert_num_queries',
      'admin_client',
      'admin_user',
      'rf',
    ],
    marks: ['django_db', 'urls'],
    settings: /^[ \t]*"?DJANGO_(SETTINGS_MODULE|CONFIGURATION)|--ds[=\s]|--(reuse|create)-db|--nomigrations/m,
  },
  'pytest-mock': { modules: ['pytest_mock'], fixtures: ['mocker', 'session_mocker', 'module_mocker'] },
  'pytest-cov': { modules: ['pytest_cov'], settings: /--(no-)?cov/ },
  'pytest-xdist': { modules: ['xdist'], settings: /(^|[\s"'=])-n[\s"',]*(auto|logical|\d)|--(numprocesses|dist)\b/m },
  'pytest-env': { settings: /^[ \t]*env\s*=|^\[tool\.pytest_env/m },
  'pytest-timeout': { marks: ['timeout'], settings: /^[ \t]*"?timeout"?\s*=|--timeout[=\s]/m },
  'pytest-randomly': { settings: /-p[\s"',]*(no:)?randomly|--randomly-seed/ },
  'pytest-sugar': { settings: /--(old-summary|force-sugar)/ },
  'pytest-playwright': { modules: ['pytest_playwright'] },
  playwright: { modules: ['playwright'] },
  // Later ones have no argument that older clients of Starlette's pass.
  httpx: {
    modules: ['httpx', 'fastapi.testclient', 'starlette.testclient'],
    below: '0.28',
    instead: { httpx2: [], fastapi: ['standard', 'all', 'standard-no-fastapi-cloud-cli'], starlette: ['full'] },
  },
  requests: { modules: ['requests'] },
  'requests-mock': { modules: ['requests_mock'], fixtures: ['requests_mock'] },
  responses: { modules: ['responses'] },
  respx: { modules: ['respx'], fixtures: ['respx_mock'] },
  freezegun: { modules: ['freezegun'] },
  'time-machine': { modules: ['time_machine'], fixtures: ['time_machine'] },
  'factory-boy': { modules: ['factory'] },
  faker: { modules: ['faker'], fixtures: ['faker'] },
  'model-bakery': { of: 'django', modules: ['model_bakery'] },
  hypothesis: { modules: ['hypothesis'] },
  parameterized: { modules: ['parameterized'] },
  ddt: { modules: ['ddt'] },
  beautifulsoup4: { modules: ['bs4'] },
  webtest: { modules: ['webtest'] },
  'django-webtest': { of: 'django', modules: ['django_webtest'] },
  'flask-testing': { of: 'flask', modules: ['flask_testing'] },
  fakeredis: { modules: ['fakeredis'] },
  'asgi-lifespan': { modules: ['asgi_lifespan'] },
  'async-asgi-testclient': { modules: ['async_asgi_testclient'] },
} as const satisfies Readonly<Record<string, TestTool>>;

/** Name of a test tool that is brought. */
export type TestToolName = keyof typeof TEST_TOOLS;

const ALL = Object.entries(TEST_TOOLS) as unknown as readonly (readonly [TestToolName, TestTool])[];

/** All tools, by name. */
export function toolEntries(): readonly (readonly [TestToolName, TestTool])[] {
  return ALL;
}

/** Names that a package with a module may have: those of the tools that bring it, and its own. */
export function packagesOf(module: string): readonly string[] {
  const top = module.split('.')[0]!;
  const tools = ALL.flatMap(([name, { modules = [] }]) => (modules.some(isOf(module)) ? [name] : []));
  return [...tools, normaliseName(top)];
}

/** Tells whether a dotted name is that of a module, or lies in it. */
const isOf = (dotted: string) => (module: string) => dotted === module || dotted.startsWith(`${module}.`);
