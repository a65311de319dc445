/** Finds the test suites: tests without a browser, browser tests, and the linter. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { stringsAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import type { PythonModule } from '../code/module.js';
import type { SuiteFacts } from '../facts.js';
import type { Project } from '../project.js';
import { groupsOf } from '../python/dependency-groups.js';
import { managePath } from '../python/manage-path.js';
import type { PackageFacts } from '../python/package-facts.js';
import { conftestsOfApp } from './browser-imports.js';
import { toolSuite } from './tool-suites.js';

/** Fixtures of pytest-playwright: a test with one of them drives a browser. */
const BROWSER_FIXTURES = new Set(['page', 'browser', 'new_context', 'browser_context_args']);

const PYTEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test)\.py$|^tests\.py$/;

/**
 * Finds the suites in the order lint, typecheck, format, unit, e2e; those configured as false are left out.
 * @param inNode names of suites that run in Node, for which there need be none in Python
 */
export function detectSuites(
  project: Project,
  packages: PackageFacts,
  inNode: readonly SuiteFacts['name'][] = [],
): Finding<readonly SuiteFacts[]> {
  const { dependencies } = packages;
  const files = project.modules.filter(module => PYTEST_FILE.test(module.path) && hasTests(module));
  const browserFiles = browserTests(files, project);
  const otherFiles = files.filter(module => !browserFiles.includes(module));
  const lay = (name: SuiteFacts['name'], detected: Finding<SuiteFacts>) => configured(project, name, detected, inNode);
  const findings = [
    ...(['lint', 'typecheck', 'format'] as const).map(name => lay(name, found(toolSuite(name, project, dependencies)))),
    lay('unit', unitSuite(project, dependencies, otherFiles, browserFiles)),
    lay('e2e', browserSuite(project, packages, browserFiles, otherFiles)),
  ];
  const diagnostics = findings.flatMap(finding => finding.diagnostics);
  if (diagnostics.length > 0) return { diagnostics };
  return found(findings.flatMap(({ value }) => (value === undefined ? [] : [value])));
}

/** Whether there is something to collect: scripts that try things out are often named as tests are. */
function hasTests({ statements }: PythonModule): boolean {
  return statements.some(({ tokens }) => {
    const at = tokens[0]?.text === 'async' ? 1 : 0;
    const [kind, name] = [tokens[at]?.text, tokens[at + 1]?.text ?? ''];
    return (kind === 'def' && /^test/.test(name)) || (kind === 'class' && tokens.some(({ text }) => /Test/.test(text)));
  });
}

/** Lays the configuration over a detected suite. A configured command stands without anything detected. */
function configured(
  project: Project,
  name: SuiteFacts['name'],
  detected: Finding<SuiteFacts>,
  inNode: readonly SuiteFacts['name'][],
): Finding<SuiteFacts> {
  const options = project.config.suites?.[name];
  if (options === undefined) return detected;
  if (options === false) return { diagnostics: [] };
  const isInNode = inNode.includes(name) && !detected.value;
  // A command that lints or checks may be about Python all the same, with a tool that is not known here.
  if (options.command !== undefined && !(isInNode && name === 'e2e')) {
    const place = configPlace(project.origins, `suites.${name}.command`);
    return found({ ...detected.value, name, command: options.command, place });
  }
  if (detected.value || detected.diagnostics.length > 0 || isInNode) return detected;
  return failed(diagnose('QS603', { suite: name }, configPlace(project.origins, `suites.${name}`)));
}

function unitSuite(
  project: Project,
  dependencies: readonly Dependency[],
  files: readonly PythonModule[],
  browserFiles: readonly PythonModule[],
): Finding<SuiteFacts> {
  const { pyproject } = project;
  const pytest = pytestOf(dependencies);
  const django = pytest ? undefined : djangoTests(project, dependencies);
  if (django) return found(django);
  const [first] = files;
  if (!first) return { diagnostics: [] };
  if (!pytest && files.every(file => [...file.imports.values()].some(name => /^unittest\b/.test(name)))) {
    // Cases of the standard library run with it: each file is named, so that no package layout is needed.
    const targets = files.map(({ path }) => path);
    return found({ name: 'unit', command: ['python', '-m', 'unittest', ...targets], place: { file: first.path } });
  }
  if (!pytest) return failed(diagnose('QS601', { files: files.length }, { file: first.path }));
  const testpaths = pyproject ? stringsAt(pyproject.data, 'tool', 'pytest', 'ini_options', 'testpaths') : [];
  const inBrowserDirectory = (path: string) => browserFiles.some(file => file.path.startsWith(`${path}/`));
  if (pyproject && testpaths.length > 0 && !testpaths.some(inBrowserDirectory)) {
    const place = tomlPlace(pyproject, 'tool', 'pytest', 'ini_options', 'testpaths');
    return found({ name: 'unit', command: ['pytest', ...testpaths], place, ...groupsOf(pytest) });
  }
  const arguments_ = [...topDirectories(files, browserFiles), ...ignored(files, browserFiles)];
  return found({ name: 'unit', command: ['pytest', ...arguments_], place: { file: first.path }, ...groupsOf(pytest) });
}

/** Django's own runner, which looks for tests from the directory of manage.py down. */
function djangoTests(project: Project, dependencies: readonly Dependency[]): SuiteFacts | undefined {
  const manage = dependencyOn(dependencies, 'django') && managePath(project);
  const hasTests = project.modules.some(
    ({ path, statements }) =>
      /(^|\/)tests?(\.py|\/)/.test(path) && statements.some(({ tokens }) => tokens[0]?.text === 'class'),
  );
  if (manage === undefined || !hasTests) return undefined;
  const directory = manage.split('/').slice(0, -1).join('/');
  return {
    name: 'unit',
    command: ['python', manage, 'test', ...(directory === '' ? [] : [directory])],
    place: { file: manage },
  };
}

/** The widest directories that hold tests; where browser tests lie below one, its parts without them. */
function topDirectories(files: readonly PythonModule[], browserFiles: readonly PythonModule[]): string[] {
  const result = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    let depth = 1;
    const isShared = (directory: string) => browserFiles.some(file => file.path.startsWith(`${directory}/`));
    const isDirectlyIn = (directory: string) =>
      files.some(file => file.path.slice(0, file.path.lastIndexOf('/')) === directory);
    while (depth < parts.length) {
      const directory = parts.slice(0, depth).join('/');
      if (!isShared(directory) || isDirectlyIn(directory)) break;
      depth++;
    }
    result.add(parts.length === 0 ? path : parts.slice(0, depth).join('/'));
  }
  return [...result].sort();
}

/** Options that keep browser tests out where they lie among the others. */
function ignored(files: readonly PythonModule[], browserFiles: readonly PythonModule[]): string[] {
  const directories = topDirectories(files, browserFiles);
  const inside = browserFiles.filter(({ path }) => directories.some(directory => path.startsWith(`${directory}/`)));
  return browserTargets(inside, files).map(path => `--ignore=${path}`);
}

function browserSuite(
  project: Project,
  { dependencies, versions, lockfile }: PackageFacts,
  browserFiles: readonly PythonModule[],
  otherFiles: readonly PythonModule[],
): Finding<SuiteFacts> {
  const [first] = browserFiles;
  if (!first) return { diagnostics: [] };
  const playwright = dependencies.filter(({ name }) => /^(pytest-playwright|playwright)(-asyncio)?$/.test(name));
  const browser = versions.get('playwright');
  if (playwright.length === 0 || !browser) {
    const reason = playwright.length === 0 ? 'no dependency' : 'not pinned';
    const data = { reason, test: first.path, lockfile: lockfile?.value } as const;
    return failed(diagnose('QS602', data, { file: first.path }));
  }
  const needed = groupsOf([...playwright, ...dependencies.filter(({ name }) => name === 'pytest')]);
  const without = conftestsOfApp(project, dependencies, needed.groups ?? [], browserFiles);
  if (without.value === undefined) return failed(...without.diagnostics);
  return found({
    name: 'e2e',
    command: ['pytest', ...browserTargets(browserFiles, otherFiles)],
    place: { file: first.path },
    ...needed,
    browser,
    ...defined({ without: unlessEmpty(without.value) }),
  });
}

/** Directories that hold browser tests only, and single files where others lie beside them. */
function browserTargets(browserFiles: readonly PythonModule[], otherFiles: readonly PythonModule[]): string[] {
  const targets = browserFiles.map(({ path }) => {
    const directory = path.split('/').slice(0, -1).join('/');
    const isOwn = directory !== '' && !otherFiles.some(file => file.path.startsWith(`${directory}/`));
    return isOwn ? directory : path;
  });
  const unique = [...new Set(targets)].sort();
  return unique.filter(path => !unique.some(other => path.startsWith(`${other}/`)));
}

/**
 * Test files that drive a browser: those that take a browser fixture or import playwright, and with them all others in
 * a directory named for such tests.
 */
function browserTests(files: readonly PythonModule[], { modules }: Project): PythonModule[] {
  const anyPlaywright = modules.some(importsPlaywright);
  const definesPage = modules.some(
    ({ isTest, statements }) =>
      isTest && statements.some(({ tokens }) => tokens[0]?.text === 'def' && tokens[1]?.text === 'page'),
  );
  const byFixture = anyPlaywright || !definesPage;
  return files.filter(
    module =>
      importsPlaywright(module) ||
      (anyPlaywright && /(^|\/)(e2e|browser|playwright|end_to_end)\//.test(module.path)) ||
      (byFixture && takesBrowserFixture(module)),
  );
}

function takesBrowserFixture({ statements }: PythonModule): boolean {
  return statements.some(
    ({ tokens }) =>
      tokens.some((token, at) => token.text === 'def' && /^test/.test(tokens[at + 1]?.text ?? '')) &&
      tokens.some((token, at) => BROWSER_FIXTURES.has(token.text) && /^[(,]$/.test(tokens[at - 1]?.text ?? '')),
  );
}

function importsPlaywright(module: PythonModule): boolean {
  return module.isTest && [...module.imports.values()].some(name => /^(pytest_)?playwright\b/.test(name));
}

function pytestOf(dependencies: readonly Dependency[]): Dependency[] | undefined {
  const found = dependencies.filter(
    ({ name }) => name === 'pytest' || name === 'pytest-django' || name === 'pytest-cov',
  );
  return found.some(({ name }) => name.startsWith('pytest')) ? found : undefined;
}
