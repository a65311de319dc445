/** The requirement lists that the app and its suites are installed from. */
import type { Facts, SuiteFacts } from '../detect/facts.js';
import type { Dependency } from '../support/dependency.js';
import { readRequirement } from '../support/pep508/requirement.js';
import type { RequirementList } from './python.js';

type Installed = Pick<Facts, 'python' | 'suites'>;

/** The requirement lists that the suites and the app need; the app's own first. */
export function requirementLists(facts: Installed): readonly RequirementList[] {
  const browser = facts.suites.find(suite => suite.browser);
  const { extras = [], sharedNames = [] } = facts.python;
  const dev = facts.python.devGroup?.value;
  const inTest = facts.suites.filter(suite => !suite.browser).flatMap(suite => suite.groups ?? (dev ? [dev] : []));
  const inBrowser = browser?.groups ?? browserGroups(facts);
  // Requirement files know no groups: what is for development lies in a file of its own.
  const devFile = facts.python.requirements?.dev !== undefined;
  const hasTools = inTest.length > 0 || (devFile && facts.suites.some(suite => !suite.browser));
  // Test tools that are main dependencies or an extra's can only be had with the others.
  const needsMain =
    browser?.app !== undefined ||
    inBrowser.some(name => extras.includes(name) && !sharedNames.includes(name)) ||
    (inBrowser.length === 0 && !(devFile && browserTools(facts).every(({ group }) => group === 'dev')));
  const isBrought =
    browser?.app === undefined && browserTools(facts).length === 0 && inBrowser.length === 0 && !needsApps(browser);
  return [
    { name: 'main', groups: [], main: true },
    ...(hasTools ? [{ name: 'dev', groups: [...new Set(inTest)], main: true } as const] : []),
    ...(browser && !isBrought ? [{ name: 'e2e', groups: inBrowser, main: needsMain } as const] : []),
  ];
}

/** Whether browser tests take pytest from the app's own dependencies: it is not brought for them. */
function needsApps(browser: SuiteFacts | undefined): boolean {
  return !browser?.tools?.some(({ value }) => readRequirement(value)?.name === 'pytest');
}

/** The groups that bring Playwright; none when it is a main dependency. */
function browserGroups(facts: Installed): readonly string[] {
  const names = browserTools(facts).flatMap(tool =>
    tool.group === 'main' ? [] : [tool.groupName ?? facts.python.devGroup?.value],
  );
  return [...new Set(names.filter(name => name !== undefined))];
}

function browserTools(facts: Installed): readonly Dependency[] {
  return facts.python.dependencies.filter(({ name }) => /^(pytest-)?playwright$/.test(name));
}
