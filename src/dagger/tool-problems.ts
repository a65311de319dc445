/** What tools of the build say of a step that failed, besides packages that cannot be installed: one table, each line with the key that helps. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ToolObstacle } from '../diagnostics/messages/tools.js';
import { type ExecFailure, together } from './failures.js';

/** A text that says it; its first group that took part, or all of it, is what the message names. */
type Row = readonly [pattern: RegExp, obstacle: ToolObstacle];

const ROWS: readonly Row[] = [
  [/JavaScript heap out of memory/, 'heap'],
  [
    /Missing script: "?([\w:.-]+)"?|ERR_PNPM_NO_SCRIPT\S*\s+Missing script: (\S+)|error Command "([^"]+)" not found|Couldn't find a script named "([^"]+)"|error: Script not found "([^"]+)"/,
    'script',
  ],
  [
    /`npm ci` can only install packages when|can only install with an existing package-lock\.json|ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_NO_LOCKFILE|[Yy]our lockfile needs to be updated|YN0028|lockfile had changes, but lockfile is frozen|The lockfile at `[^`]+` needs to be updated|Lock file hash doesn't match|Your Pipfile\.lock \([^)]*\) is out of date|Pipfile\.lock is out-of-date|Aborting deploy|Lockfile (?:does not exist|hash doesn't match)|pyproject\.toml changed significantly since poetry\.lock was last generated/,
    'lock',
  ],
  [
    /No matching version found for ([^\s]+?)\.?(?:\s|$)|Couldn't find any versions for "([^"]+)"|ERR_PNPM_NO_MATCHING_VERSION\S*\s+No matching version found for (\S+)/,
    'release',
  ],
  [
    /npm (?:ERR!|error) code (E40[13])|ERR_PNPM_FETCH_(40[13])|(?:HTTP error|status code|status client error:?) \(?(40[13])\b|(40[13]) (?:Client Error|Unauthorized|Forbidden)/,
    'credentials',
  ],
  [
    /npm (?:ERR!|error) 404\s+'?([^\s']+@[^\s']+)'? is not in this registry|ERR_PNPM_FETCH_404\]?\s+GET (\S+)|npm (?:ERR!|error) 404 Not Found - GET (\S+)/,
    'package',
  ],
  [
    /(?:npm (?:ERR!|error) (?:code EJSONPARSE|JSON\.parse) ?[^\n]*)|ERR_PNPM_JSON_PARSE[^\n]*|(TOML parse error at [^\n]*)|Failed to parse: `([^`]+)`|(?:pyproject\.toml|Pipfile)[^\n]* (?:is not a valid TOML|Invalid TOML)[^\n]*|ERROR: (Invalid requirement: (?!'\.{0,2}\/)[^\n]*)|(?:Invalid TOML file|InvalidTOML|TOMLDecodeError)[^\n]*/,
    'manifest',
  ],
  [
    /Could not open requirements file: [^\n]*?'([^']+)'|Readme (?:path|file)? ?`?([^`\s]+)`? does not exist|Readme file does not exist: (\S+)|(\/\S+) does not contain any element|Invalid requirement: '(\.{0,2}\/[^']*)'|(?:No file\/folder found for package (\S+))|Error: (?:ENOENT: no such file or directory, open '([^']+)')|Distribution not found at: (\S+)|(\/\S+) does not (?:exist|appear to be a Python project)/,
    'file',
  ],
  [
    /E: Unable to locate package (\S+)|E: Package '([^']+)' has no installation candidate|E: Couldn't find any package by (?:glob|regex) '([^']+)'|E: Version '[^']*' for '([^']+)' was not found/,
    'debian',
  ],
  [
    /fatal: (unable to access '[^']*'[^\n]*)|fatal: (repository '[^']*' not found)|fatal: (could not read Username for '[^']*')|(Permission denied \(publickey\))|fatal: (Authentication failed for '[^']*')/,
    'repository',
  ],
  [
    /Cannot find (?:module|package) '([^']+)'|Can't resolve '([^']+)'|[Ff]ailed to resolve import "([^"]+)"|Could not resolve "([^"]+)"|Could not resolve entry module "?([^\s"]+)/,
    'module',
  ],
  [/((?:\S+(?::|\()\d+[:,]\d+\)?(?: -|:) )?error TS\d+: [^\n]*)/, 'types'],
  [
    /(?:^|\n)(?:\/bin\/)?(?:ba|da)?sh: (?:(?:line )?\d+: )?([\w./@+-]+): (?:command )?not found|exec: "([^"]+)": executable file not found|env: ['‘]?([\w.-]+)['’]?: No such file or directory/,
    'program',
  ],
];

/** What a step that failed means: at the least, what it was for and what it said last. */
export function toolProblem({ stdout, stderr, exitCode }: ExecFailure, step: string): Diagnostic {
  const output = together(stdout, stderr);
  for (const [pattern, obstacle] of ROWS) {
    const match = pattern.exec(output);
    if (match) return diagnose('QS710', { step, exitCode, obstacle, what: named(match), output });
  }
  return diagnose('QS710', { step, exitCode, obstacle: 'unknown', what: '', output });
}

/** What a match names. */
export function named([all, ...groups]: RegExpExecArray): string {
  const what = groups.find(group => group !== undefined) ?? all;
  return what.trim().slice(0, 200);
}
