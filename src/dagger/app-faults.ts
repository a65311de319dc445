/** What the app's code and the tools that run it say in the words of their makers: one table, each line with the key that helps. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { AppFault } from '../diagnostics/messages/tools.js';
import { named } from './tool-problems.js';

/** A text that says it; its first group that took part, or all of it, is what the message names. */
type Row = readonly [pattern: RegExp, fault: AppFault];

const ROWS: readonly Row[] = [
  // Without settings Django knows few of its commands, and says so too.
  [
    /^(?:[^\n]*\s)?No Django settings specified\.|but settings are not configured\. You must either define the environment variable DJANGO_SETTINGS_MODULE/m,
    'settings',
  ],
  [/without having set the STATIC_ROOT setting/, 'static root'],
  [
    /The file '([^']+)' could not be found with <[\w.]*(?:Manifest|Storage)|Missing staticfiles manifest entry for '([^']+)'/,
    'static file',
  ],
  [/The SECRET_KEY setting must not be empty/, 'secret key'],
  [/Multiple head revisions are present|Multiple heads are present/, 'heads'],
  [/Conflicting migrations detected; multiple leaf nodes in the migration graph: \(([^)]*)\)/, 'conflict'],
  [
    /Can't locate revision identified by '([^']+)'|Revision (\w+) referenced from [^\n]* is not present|dependencies reference nonexistent parent node (\([^)]*\))/,
    'revision',
  ],
  [/Path doesn't exist: ['"]?([^\s'"]+?)['"]?\. {1,2}Please use the 'init' command/, 'migrations'],
  [/(?:No such command|Unknown command:) '([^']+)'/, 'command'],
  [
    /Failed to find attribute '[^']+' in '[^']+'|Attribute "[^"]+" not found in module "[^"]+"|Failed to find attribute[^\n]*|Could not find Flask application or factory in module '[^']+'/,
    'attribute',
  ],
  [
    /Could not import module "([^"]+)"|Could not import '([^']+)'|While importing '([^']+)', an ImportError was raised/,
    'module',
  ],
  [
    /class uri '[^']+' invalid or not found(?![\s\S]*ModuleNotFoundError)[\s\S]*?RuntimeError: (\w+ worker requires [^\n"]+)/,
    'old worker',
  ],
  [/class uri '([^']+)' invalid or not found|Error: class uri '([^']+)'/, 'worker'],
  [/Error loading (\w+) module|NoSuchModuleError: Can't load plugin: sqlalchemy\.dialects:(\S+)/, 'driver'],
  [
    /password authentication failed for user "([^"]+)"|Access denied for user '([^']+)'|(?:NOAUTH|WRONGPASS|Authentication required)[^\n]*|role "([^"]+)" does not exist|no password supplied|ACCESS_REFUSED[^\n]*/,
    'refused',
  ],
  [/(?:FATAL: {1,2})?database "([^"]+)" does not exist|Unknown database '([^']+)'/, 'no database'],
  [
    /could not translate host name "([^"]+)"|failed to resolve host '([^']+)'|Unknown (?:MySQL )?server host '([^']+)'|connection to server at "([^"]+)"[^\n]* failed: Connection refused|Can't connect to (?:MySQL|MariaDB)? ?server on '([^']+)'|Error -?\d+ connecting to ([^\s.]+(?:\.[^\s.]+)*:\d+)|Cannot connect to (?:amqp|redis)s?:\/\/(?:[^@\s]*@)?([^\s/]+)|([\w.-]+:\d+): \[Errno (?:111|-[235])\]|Connect call failed \('([^']+)', \d+\)/,
    'unreachable',
  ],
  [/\[Errno (?:111|-[235])\] [^\n]*/, 'unreachable'],
  [
    /[Tt]able ['"`]?([\w.]+)['"`]? already exists|relation "([^"]+)" already exists|DuplicateTable[^\n]*"([^"]+)"/,
    'exists',
  ],
  [/no such table: (\S+)|relation "([^"]+)" does not exist|Table '([^']+)' doesn't exist/, 'no table'],
  [
    /(cannot import name '[^']+' from (?:partially initialized module )?'[^']+')|Pydantic\w+Error: ([^\n]*?\b(?:moved|removed|no longer|deprecated)\b[^\n.]*)/,
    'name',
  ],
  [
    /File "([^"]+", line \d+)(?:(?!\n {2}File ")[\s\S]){0,2000}?\n(?:SyntaxError|IndentationError|TabError): /,
    'syntax',
  ],
  [/Perhaps out of memory\?|\nMemoryError\b/, 'memory'],
  [
    /Executable doesn't exist at (\S+)|(chromium|firefox|webkit|chrome|msedge) distribution '[^']*' is not found/i,
    'browser',
  ],
];

/** An address that only the container itself reaches, as servers tell of theirs. */
const LOCAL = /(?:listening|running|serving)[^\n]*?(?:https?:\/\/)?((?:127\.0\.0\.1|localhost):\d+)/i;

/** What an output is known to say; undefined when that is nothing. */
export function appFault(output: string, doing: string): Diagnostic | undefined {
  for (const [pattern, fault] of ROWS) {
    const match = pattern.exec(output);
    if (match) return diagnose('QS711', { fault, what: named(match), doing, output });
  }
  return undefined;
}

/** Why an app that runs is not heard, where its server says it. */
export function localAddress(output: string, doing: string): Diagnostic | undefined {
  const match = LOCAL.exec(output);
  return match ? diagnose('QS711', { fault: 'local address', what: named(match), doing, output }) : undefined;
}
