/** The test tools that Quayside installs for suites that lack them: their versions, and what is installed of each, by hash. */
import { readPackaged } from '../../packaged.js';
import { markerHolds } from '../pep508/evaluate.js';
import { readRequirement } from '../pep508/requirement.js';
import { TEST_TOOLS, type TestToolName } from './table.js';

/** docker/tools.json, which `npm run lock:tools` writes. */
interface ToolLock {
  /** By `name==version`. */
  readonly hashes: Readonly<Record<string, readonly string[]>>;
  readonly tools: Readonly<Record<string, readonly string[]>>;
}

let read: ToolLock | undefined;

/** Read when it is first asked about: most apps bring their own. */
function toolLock(): ToolLock {
  read ??= JSON.parse(readPackaged('docker/tools.json')) as ToolLock;
  return read;
}

/** Whether a package is one of the tools. */
export function isTestTool(name: string): name is TestToolName {
  return name in TEST_TOOLS;
}

/** The version of a tool that a minor version of Python can have. */
export function toolVersion(name: TestToolName, python: string | undefined): string {
  const own = (toolLock().tools[name] ?? [])
    .flatMap(line => readRequirement(line) ?? [])
    .filter(one => one.name === name);
  const fitting = own.find(({ marker }) => marker === undefined || markerHolds(marker, { python }) !== false);
  return (fitting ?? own.at(-1))?.versions[0]?.replace('==', '') ?? '';
}

/** What is installed for a requirement: of a tool in its own version all that it needs, with hashes, else the requirement itself. */
export function toolRequirements(requirement: string, python: string): readonly string[] {
  const { name = '', versions = [] } = readRequirement(requirement) ?? {};
  if (!isTestTool(name) || versions.join() !== `==${toolVersion(name, python)}`) return [requirement];
  const { tools, hashes } = toolLock();
  return tools[name]!.map(line =>
    [line, ...hashes[line.split(' ')[0]!]!.map(hash => `--hash=sha256:${hash}`)].join(' \\\n    '),
  );
}
