/** What installers and compilers say, each in its own words, and the key that it leads to. */
import { expect, it } from 'vitest';
import { installProblem } from '../../../src/dagger/install-problems.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';

const problem = (stderr: string) => installProblem({ stdout: '', stderr }, 'install Python dependencies');

it.each([
  [
    'python',
    'ERROR: Ignored the following versions that require a different python version: 1.21.2 Requires-Python >=3.7,<3.11\nERROR: Could not find a version that satisfies the requirement numpy==1.21.2 (from versions: 1.26.2, 2.0.0)\nERROR: No matching distribution found for numpy==1.21.2\n',
  ],
  ['python', "ERROR: Package 'shop' requires a different Python: 3.13.5 not in '<3.12,>=3.9'\n"],
  [
    'python',
    '  × No solution found when resolving dependencies:\n  ╰─▶ Because the current Python version (3.13.5) does not satisfy Python>=3.9,<3.12 and shop depends on it\n',
  ],
  [
    'index',
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('[Errno -2] Name or service not known')': /simple/flask/\nERROR: Could not find a version that satisfies the requirement flask==3.1.0 (from versions: none)\nHTTPSConnectionPool(host='index.test', port=443): Max retries exceeded (Caused by NewConnectionError('[Errno -2] Name or service not known'))\n",
  ],
  [
    'index',
    '  cause: error sending request for url (http://index.test/simple/flask/)\n  cause: dns error\n  cause: failed to lookup address information: Name or service not known\n',
  ],
  [
    'trust',
    "Could not fetch URL https://index.test/simple/flask/: There was a problem confirming the ssl certificate: HTTPSConnectionPool(host='index.test', port=443): Max retries exceeded with url: /simple/flask/ (Caused by SSLError(SSLError(136, '[X509] no certificate or crl found (_ssl.c:4062)'))) - skipping\nERROR: Could not find a version that satisfies the requirement flask==3.1.0 (from versions: none)\n",
  ],
  [
    'trust',
    'error: Failed to fetch: `https://index.test/simple/flask/`\n  Caused by: invalid peer certificate: UnknownIssuer\n',
  ],
  [
    'version',
    'ERROR: Could not find a version that satisfies the requirement shop-utils==9.9 (from versions: 1.0, 1.1)\nERROR: No matching distribution found for shop-utils==9.9\n',
  ],
  [
    'absent',
    'ERROR: Could not find a version that satisfies the requirement shop-utils==9.9 (from versions: none)\nERROR: No matching distribution found for shop-utils==9.9\n',
  ],
  [
    'absent',
    '  × No solution found when resolving dependencies:\n  ╰─▶ Because shop-utils was not found in the package\n      registry and you require shop-utils, we can conclude that your requirements are unsatisfiable.\n',
  ],
  [
    'conflict',
    'ERROR: Cannot install -r requirements.txt (line 1) and flask==3.1.0 because these package versions have conflicting dependencies.\nERROR: ResolutionImpossible: for help visit https://pip.pypa.io/\n',
  ],
  [
    'native libpq-dev',
    '      Error: pg_config executable not found.\n      pg_config is required to build psycopg2 from source.\n',
  ],
  [
    'native default-libmysqlclient-dev pkg-config',
    '/bin/sh: 1: mysql_config: not found\nException: Can not find valid pkg-config name.\n',
  ],
  [
    'native libxmlsec1-dev pkg-config',
    "      raise Error('Unable to invoke pkg-config.')\n error: xmlsec1 is not installed or not in path\n",
  ],
  ['native libldap-dev', 'Modules/constants.h:7:10: fatal error: lber.h: No such file or directory\n'],
  ['native', 'src/shout.c:3:10: fatal error: shout/shout.h: No such file or directory\ncompilation terminated.\n'],
  ['native gcc libc6-dev', "error: command 'gcc' failed: No such file or directory\n"],
  ['native rustc cargo', "error: can't find Rust compiler\n"],
  ['native cmake', 'CMake must be installed to build the following extensions: _dlib_pybind11\n'],
  ['old build', "ModuleNotFoundError: No module named 'distutils'\n"],
  ['old build', "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?\n"],
  ['old build', "error: ‘PyLongObject’ {aka ‘struct _longobject’}\nerror: unknown type name '_PyTime_t'\n"],
  ['build', '  ERROR: Failed building wheel for psycopg2-binary\nERROR: Could not build wheels for psycopg2-binary\n'],
  ['build', '  × Getting requirements to build wheel did not run successfully.\n  │ exit code: 1\n'],
  ['hashes', 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n'],
])('%s', (expected, output) => {
  const diagnostic = problem(output);
  if (diagnostic?.code !== 'QS218') throw new Error(`${diagnostic?.code}`);
  const { obstacle } = diagnostic.data;
  expect([obstacle.kind, ...(obstacle.kind === 'native' ? obstacle.packages : [])].join(' ')).toBe(expected);
});

it.each([
  ['openssl', "Error: error:0308010C:digital envelope routines::unsupported\n  code: 'ERR_OSSL_EVP_UNSUPPORTED'\n"],
  ['engine', 'npm error code EBADENGINE\nnpm error engine Unsupported engine\n'],
  [
    'compiled',
    "gyp verb `which` failed\ngyp ERR! configure error \ngyp ERR! stack Error: Can't find Python executable\n",
  ],
  ['peers', 'npm error code ERESOLVE\nnpm error ERESOLVE could not resolve\n'],
])('of Node: %s', (obstacle, output) => {
  expect(problem(output)).toMatchObject({ code: 'QS411', data: { obstacle } });
});

it('says nothing of what is not known', () => {
  expect(problem('Killed\n')).toBeUndefined();
});

it.each([
  ['package-for-another-python', "ERROR: Package 'shop' requires a different Python: 3.13.5 not in '<3.12,>=3.9'\n"],
  ['header-not-there', 'Modules/constants.h:7:10: fatal error: lber.h: No such file or directory\n'],
  ['node-too-new-for-the-bundler', "  code: 'ERR_OSSL_EVP_UNSUPPORTED'\n"],
])('%s in words', async (name, output) => {
  await expect(`${formatDiagnostic(problem(output)!)}\n`).toMatchFileSnapshot(`../../golden/diagnostics/${name}.txt`);
});

it.each([
  ["requires a different Python: 3.13.5 not in '<3.9,>=3.6'", '3.8'],
  ["requires a different Python: 3.6.9 not in '>=3.8'", '3.8'],
  ["requires a different Python: 3.11.2 not in '==3.7.*'", '3.7'],
  ["requires a different Python: 3.11.2 not in '~=3.6'", '3.6'],
  ["requires a different Python: 3.11.2 not in '<=3.10'", '3.10'],
  ["requires a different Python: 3.11.2 not in '>3'", '…'],
])('names the Python that “%s” leaves room for', (said, version) => {
  expect(formatDiagnostic(problem(`ERROR: Package 'shop' ${said}\n`)!)).toContain(`python: { version: "${version}" }`);
});
