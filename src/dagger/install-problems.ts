/** What installers and compilers say of packages that cannot be installed: one table, each line with the key that helps. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { InstallObstacle, NodeObstacle } from '../diagnostics/messages/install.js';
import { type ExecFailure, lastLines, together } from './failures.js';

/** A text that says it, and what it means; those that say more come first. */
type Row = readonly [pattern: RegExp, obstacle: (match: RegExpExecArray) => InstallObstacle];

const native = (pattern: RegExp, ...packages: readonly string[]): Row => [
  pattern,
  ([what]) => ({ kind: 'native', what, packages }),
];

const PYTHON: readonly Row[] = [
  [/(\S+) requires a different Python: .*/, ([what]) => ({ kind: 'python', what })],
  [/[^\n]*requires[- ]python:? ?['"]?[<>=!~^][^\n]*/i, ([what]) => ({ kind: 'python', what })],
  [/current Python version \([\d.]+\) does not satisfy [^\n]*/, ([what]) => ({ kind: 'python', what })],
  [
    /The currently activated Python version \S+ is not supported by the project[^\n]*|Current Python version \([\d.]+\) is not allowed by the project[^\n]*|No interpreter found for Python [^\n]*/,
    ([what]) => ({ kind: 'python', what }),
  ],
  native(/pg_config executable not found|libpq-fe\.h: No such file/, 'libpq-dev'),
  native(
    /mysql_config: (?:command )?not found|Can not find valid pkg-config name|mysql\.h: No such file[^\n]*/,
    'default-libmysqlclient-dev',
    'pkg-config',
  ),
  native(/ffi\.h: No such file[^\n]*/, 'libffi-dev'),
  native(/openssl\/\w+\.h: No such file[^\n]*/, 'libssl-dev'),
  native(/(?:sasl\/)?sasl\.h: No such file[^\n]*/, 'libsasl2-dev'),
  native(/(?:lber|ldap)\.h: No such file[^\n]*/, 'libldap-dev'),
  native(
    /libxml\/\w+\.h: No such file[^\n]*|Please make sure the libxml2 and libxslt development packages are installed/,
    'libxml2-dev',
    'libxslt1-dev',
  ),
  native(/jpeglib\.h: No such file[^\n]*|The headers or library files could not be found for jpeg/, 'libjpeg-dev'),
  native(/zlib\.h: No such file[^\n]*|The headers or library files could not be found for zlib/, 'zlib1g-dev'),
  native(/xmlsec1?(?:\/\w+\.h: No such file| is not installed or not in path)[^\n]*/, 'libxmlsec1-dev', 'pkg-config'),
  native(/graphviz\/\w+\.h: No such file[^\n]*/, 'libgraphviz-dev'),
  native(/cairo\.h: No such file[^\n]*/, 'libcairo2-dev', 'pkg-config'),
  native(/portaudio\.h: No such file[^\n]*/, 'portaudio19-dev'),
  native(/sql\.h: No such file[^\n]*/, 'unixodbc-dev'),
  native(/rdkafka\.h: No such file[^\n]*/, 'librdkafka-dev'),
  native(
    /can't find Rust compiler|cargo, the Rust package manager, is not installed[^\n]*|`?rustc`? (?:is )?not (?:found|installed)[^\n]*/i,
    'rustc',
    'cargo',
  ),
  native(
    /CMake must be installed[^\n]*|cmake: not found|Could not find CMake[^\n]*|No such file or directory: '?cmake'?/i,
    'cmake',
  ),
  native(
    /(?:command|unable to execute) '?(?:\S*\/)?(?:x86_64-linux-gnu-|aarch64-linux-gnu-)?(?:gcc|cc)'?:? (?:failed: )?No such file or directory/,
    'gcc',
    'libc6-dev',
  ),
  native(/(?:command|unable to execute) '?(?:\S*\/)?(?:g\+\+|c\+\+)'?:? (?:failed: )?No such file or directory/, 'g++'),
  native(/pkg-config: not found|pkg-config is required[^\n]*|Did not find pkg-config[^\n]*/i, 'pkg-config'),
  native(/No such file or directory: '?git'?|git: (?:command )?not found/, 'git'),
  native(/Python\.h: No such file[^\n]*/, 'python3-dev'),
  [/longintrepr\.h: No such file[^\n]*/, ([what]) => ({ kind: 'old build', what })],
  [
    /fatal error: ([\w./+-]+\.h(?:pp)?): No such file or directory/,
    ([, file = '']) => ({ kind: 'native', what: `${file} is not there`, packages: [] }),
  ],
  [
    /Package '?([\w.+-]+)'?,? (?:required by '[^']*', not found|was not found in the pkg-config search path)/,
    ([what]) => ({ kind: 'native', what, packages: [] }),
  ],
  [/ld: cannot find -l([\w+-]+)/, ([what]) => ({ kind: 'native', what, packages: [] })],
  [
    /(?:ModuleNotFoundError: No module named|cannot import name) '(?:distutils|pkg_resources|imp|setuptools\.command\.test|use_2to3|Feature)[\w.]*'[^\n]*|use_2to3 is invalid[^\n]*|module 'pkgutil' has no attribute 'ImpImporter'/,
    ([what]) => ({ kind: 'old build', what }),
  ],
  [
    /too (?:few|many) arguments to function '?_?Py\w+|unknown type name '?_?Py\w+|'Py\w+' (?:undeclared|has no member)[^\n]*|error: implicit declaration of function '_?Py\w+/,
    ([what]) => ({ kind: 'old build', what }),
  ],
  [/THESE PACKAGES DO NOT MATCH THE HASHES[^\n]*|hash mismatch[^\n]*/i, ([what]) => ({ kind: 'hashes', what })],
  [/Because\s+[\w.-]+\s+was\s+not\s+found\s+in\s+the\s+package\s+registry/, ([what]) => ({ kind: 'absent', what })],
  [
    /No solution found when resolving dependencies[^\n]*|ResolutionImpossible[^\n]*|Cannot install [^\n]* because these package versions have conflicting dependencies|[^\n]*version solving failed[^\n]*/,
    ([what]) => ({ kind: 'conflict', what }),
  ],
  [
    /[^\n]*(?:CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError|invalid peer certificate|problem confirming the ssl certificate)[^\n]*/,
    ([what]) => ({ kind: 'trust', what }),
  ],
  [
    /(?:\(host='([^']+)'|for url \(https?:\/\/([^/)]+))[\s\S]{0,600}?Name or service not known/,
    ([, pip, uv]) => ({ kind: 'index', what: `no name server knows ${pip ?? uv}` }),
  ],
  [/Name or service not known/, ([what]) => ({ kind: 'index', what })],
  [
    /Could not find a version that satisfies the requirement [^\n]*\(from versions: none\)/,
    ([what]) => ({ kind: 'absent', what }),
  ],
  [
    /Could not find a version that satisfies the requirement [^\n(]*|No matching distribution found for [^\n]*|(?<=^|\n)Package \S+ \([^)]+\) not found/,
    ([what]) => ({ kind: 'version', what }),
  ],
  [
    /(?:Could not build wheels for|Failed building wheel for|Failed to build(?: installable wheels for)?) [\w.-]+[^\n]*/,
    ([what]) => ({ kind: 'build', what }),
  ],
  [
    /(?:Getting requirements to build \w+|Preparing (?:editable )?metadata \([^)]*\)|Running setup\.py [^\n]*) did not run successfully/,
    ([what]) => ({ kind: 'build', what }),
  ],
];

const NODE: readonly (readonly [RegExp, NodeObstacle])[] = [
  [/ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported/, 'openssl'],
  [/code EBADENGINE|The engine "node" is incompatible with this module|ERR_PNPM_UNSUPPORTED_ENGINE/, 'engine'],
  [/code ERESOLVE|ERR_PNPM_PEER_DEP_ISSUES/, 'peers'],
  [
    /(?:syscall |\b)spawn git\b|Couldn't find the binary git\b|gyp ERR! stack Error: not found: (?:make|g\+\+|gcc|cc)\b|gyp ERR! stack Error: Could not find any Python installation/,
    'program',
  ],
  [/gyp ERR! (?:build|configure) error|Node Sass does not yet support your current environment/, 'compiled'],
];

/** Turns the failure of a step into what it means for the packages; undefined when nothing of it is known. */
export function installProblem(
  { stdout, stderr }: Pick<ExecFailure, 'stdout' | 'stderr'>,
  step: string,
): Diagnostic | undefined {
  const output = together(stdout, stderr);
  const said = lastLines(output, 12);
  for (const [pattern, obstacle] of NODE) if (pattern.test(output)) return diagnose('QS411', { step, obstacle, said });
  for (const [pattern, obstacle] of PYTHON) {
    const match = pattern.exec(output);
    if (match) return diagnose('QS218', { step, obstacle: shortened(obstacle(match)), said });
  }
  return undefined;
}

/** What is said stands in one line. */
function shortened<T extends InstallObstacle>(obstacle: T): T {
  return { ...obstacle, what: obstacle.what.trim().replace(/\s+/g, ' ').slice(0, 200) };
}
