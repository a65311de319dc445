/** What tools say when the network fails them is the machine's failure; what they say of a mistake is not. */
import { describe, expect, test } from 'vitest';
import { networkProblem } from '../../../src/dagger/network-problem.js';
import { stepProblem } from '../../../src/dagger/step-problems.js';
import type { Stage } from '../../../src/plan/types.js';

const problem = (output: string) =>
  networkProblem({ stdout: '', stderr: output }, 'stage python-builder: install Python dependencies');

const NEW_CONNECTION = "NewConnectionError('<HTTPSConnection object at 0x7f>: Failed to establish a new connection:";

describe('a network that fails', () => {
  test.each<readonly [string, string]>([
    [
      'apt, no name server',
      "E: Failed to fetch http://mirror.test/debian/dists/trixie/InRelease  Temporary failure resolving 'mirror.test'\nE: Some index files failed to download.",
    ],
    [
      'git, no name server',
      "fatal: unable to access 'https://git.test/money.git/': Could not resolve host: git.test\nerror: subprocess-exited-with-error",
    ],
    [
      'git over ssh, no name server',
      'ssh: Could not resolve hostname git.test: Temporary failure in name resolution\nfatal: Could not read from remote repository.',
    ],
    [
      'apt, no answer',
      'E: Failed to fetch http://mirror.test/x.deb  Could not connect to mirror.test:80 (10.0.0.1), connection timed out',
    ],
    [
      'the local engine, of whoever asks in vain',
      'Collecting flask==3.1.0\nE: no answer from 192.0.2.1:443 within 8 s',
    ],
    ['apt, a gateway', 'E: Failed to fetch http://mirror.test/x.deb  503  Service Unavailable [IP: 10.0.0.1 80]'],
    [
      'apt, a mirror in between',
      'E: Failed to fetch http://mirror.test/Packages.xz  File has unexpected size (1 != 2)',
    ],
    [
      'pip, no name server',
      `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by '${NEW_CONNECTION} [Errno -3] Temporary failure in name resolution')': /simple/flask/\nERROR: No matching distribution found for flask==3.1.0`,
    ],
    [
      'pip, an index that answers 503',
      'ERROR: No matching distribution found for flask==3.1.0\nCould not fetch URL http://index.test/simple/flask/: 503 Server Error: Service Unavailable for url: http://index.test/simple/flask/ - skipping',
    ],
    [
      'pip, a file that does not come',
      "ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='files.test', port=443): Max retries exceeded with url: /f.whl (Caused by ConnectTimeoutError(<object>, 'Connection to files.test timed out. (connect timeout=15)'))",
    ],
    [
      'pip, cut off',
      'pip._vendor.urllib3.exceptions.ProtocolError: ("Connection broken: IncompleteRead(1 bytes read)")',
    ],
    [
      'uv',
      'error: Request failed after 1 retry in 1.3s\n  cause: Failed to fetch: http://index.test/simple/flask/\n  cause: HTTP status server error (503 Service Unavailable) for url (http://index.test/simple/flask/)',
    ],
    ['uv, no route', '  cause: error sending request for url (http://index.test/simple/flask/)'],
    ['poetry', 'All attempts to connect to index.test failed.'],
    ['npm', 'npm error code E503\nnpm error 503 Service Unavailable - GET http://registry.test/left-pad'],
    ['npm, no name server', 'npm error code EAI_AGAIN\nnpm error syscall getaddrinfo'],
    ['npm of Node 18', 'npm ERR! code ECONNRESET\nnpm ERR! network read ECONNRESET'],
    ['npm, no answer', 'npm error code FETCH_ERROR\nnpm error network timeout at: http://registry.test/left-pad'],
    ['uv, cut off', '  cause: error decoding response body for url (http://index.test/simple/flask/)'],
    ['yarn, cut off', 'error Error: read ECONNRESET'],
    ['pnpm', ' ERR_PNPM_FETCH_503  GET http://registry.test/left-pad: Service Unavailable - 503'],
    ['yarn', 'error Error: https://registry.test/left-pad: ESOCKETTIMEDOUT'],
    ['yarn 4', '➤ YN0001: │ RequestError: connect ECONNREFUSED 10.0.0.1:443'],
    ['bun', 'error: ConnectionRefused downloading package manifest left-pad'],
  ])('%s', (_, output) => {
    const error = problem(output);
    expect(error).toMatchObject({ extensions: { _type: 'INFRASTRUCTURE' } });
    expect(error?.message).toMatch(/^stage python-builder: install Python dependencies: the network failed\./);
  });

  test('is told with what was asked for', () => {
    const output = 'npm error code E503\nnpm error 503 Service Unavailable - GET http://registry.test/left-pad\n';
    expect(problem(output)?.message).toContain('GET http://registry.test/left-pad');
  });
});

describe('a mistake', () => {
  test.each<readonly [string, string]>([
    ['apt, no such package', 'E: Unable to locate package libnothing-dev'],
    [
      'pip, no such package',
      'ERROR: No matching distribution found for nothing==1\nCould not fetch URL http://index.test/simple/nothing/: 404 Client Error: Not Found for url: http://index.test/simple/nothing/ - skipping',
    ],
    ['pip, no such version', 'ERROR: No matching distribution found for flask==99 (from versions: 1.0, 2.0)'],
    [
      'pip, an attempt that was made again',
      "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'ReadTimeoutError()': /simple/flask/\nERROR: No matching distribution found for flask==99",
    ],
    [
      'pip, an index that nobody has',
      `WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by '${NEW_CONNECTION} [Errno -2] Name or service not known')': /simple/flask/`,
    ],
    [
      'uv, an index that nobody has',
      '  cause: error sending request for url (http://index.test/simple/flask/)\n  cause: dns error\n  cause: failed to lookup address information: Name or service not known',
    ],
    [
      'npm, a registry that nobody has',
      'npm error errno ENOTFOUND\nnpm error network request to http://registry.test/left-pad failed, reason: getaddrinfo ENOTFOUND registry.test',
    ],
    ['pip, other hashes', 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'],
    ['pip, a build', 'error: command gcc failed with exit code 1\nTimeoutError in setup.py of a package'],
    ['uv, a stale lock', 'error: The lockfile at `uv.lock` needs to be updated'],
    [
      'uv, credentials',
      '  cause: HTTP status client error (401 Unauthorized) for url (http://index.test/simple/flask/)',
    ],
    ['npm, no such version', 'npm error code ETARGET\nnpm error notarget No matching version found for left-pad@99'],
    ['npm, no such package', 'npm error code E404\nnpm error 404 Not Found - GET http://registry.test/nothing'],
    ['pnpm, a stale lock', ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"'],
  ])('%s', (_, output) => {
    expect(problem(output)).toBeUndefined();
  });

  test('of a step that fetches nothing is not looked at for it', () => {
    const stage: Stage = {
      id: 'frontend',
      base: { kind: 'image', reference: 'docker.io/library/node:22-slim' },
      platform: 'build',
      steps: [{ kind: 'exec', title: 'build the frontend', args: ['npm', 'run', 'build'] }],
    };
    const extensions = {
      _type: 'EXEC_ERROR',
      cmd: ['npm', 'run', 'build'],
      exitCode: 1,
      stderr: 'npm error code E503',
    };
    expect(stepProblem(Object.assign(new Error('failed'), { extensions }), stage)).toMatchObject({
      diagnostics: [{ code: 'QS710' }],
    });
  });
});
