/** Dockerfiles that the local engine builds, each with what BuildKit's reference says comes of it. */
import type { Client, Directory } from '@dagger.io/dagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../engine/contract.js';
import { startSession } from '../../engine/index.js';
import { clientOf } from '../engine/support/session.js';

let session: Session;
let client: Client;

beforeAll(async () => {
  session = await startSession({});
  client = clientOf(session);
});
afterAll(() => session.close());

const FROM = 'FROM debian:bookworm-slim';
const source = (dockerfile: string): Directory =>
  client
    .directory()
    .withNewFile('Dockerfile', dockerfile)
    .withNewFile('a.txt', 'A\n')
    .withNewFile('sub/b.txt', 'B\n')
    .withNewFile('skip/x', 'x\n')
    .withNewFile('.dockerignore', '# no part of it\n/skip\n!skip/kept\n');

/** What a command prints in what comes of a Dockerfile. */
const printed = (dockerfile: string, command: string): Promise<string> =>
  source(dockerfile).dockerBuild().withExec(['sh', '-c', command]).stdout();

describe('what is in the image', () => {
  it.each([
    ['a file under its name', `${FROM}\nCOPY a.txt /d/`, 'cat /d/a.txt', 'A\n'],
    ['a file under another', `${FROM}\nWORKDIR /w\nCOPY a.txt b`, 'cat /w/b', 'A\n'],
    ['a directory\'s content', `${FROM}\nCOPY sub /d`, 'ls /d', 'b.txt\n'],
    ['what a pattern selects', `${FROM}\nWORKDIR /w\nCOPY *.txt sub/*.txt ./`, 'ls', 'a.txt\nb.txt\n'],
    ['not what .dockerignore names', `${FROM}\nCOPY . /d`, 'ls -A /d', '.dockerignore\nDockerfile\na.txt\nsub\n'],
    ['modes and owners', `${FROM}\nCOPY --chown=7:8 --chmod=640 a.txt /`, 'stat -c "%u:%g %a" /a.txt', '7:8 640\n'],
    ['owners by their names', `${FROM}\nCOPY --chown=games:mail a.txt /`, 'stat -c "%U:%G" /a.txt', 'games:mail\n'],
    ['texts of the Dockerfile', `${FROM}\nENV A=1\nCOPY <<x <<"y" /d/\n"$A"\nx\n$A\ny\n`, 'cat /d/x /d/y', '"1"\n$A\n'],
    ['another stage\'s files', `${FROM} AS One\nRUN echo hi > /f\n${FROM}\nCOPY --from=one /f /g`, 'cat /g', 'hi\n'],
    ['another stage by its number', `${FROM}\nRUN echo hi > /f\n${FROM}\nCOPY --from=0 /f /g`, 'cat /g', 'hi\n'],
    ['what a stage was before', `${FROM} AS one\nENV A=1\nRUN echo $A > /f\nFROM one\nRUN echo $A >> /f`, 'cat /f', '1\n1\n'],
    ['what a script of many lines does', `${FROM}\nRUN <<EOF\nset -e\necho a > /f\necho b >> /f\nEOF\n`, 'cat /f', 'a\nb\n'],
    ['what a script of its own does', `${FROM}\nRUN <<EOF\n#!/bin/bash\necho \${BASH_VERSION:0:1} > /f\nEOF\n`, 'cat /f', '5\n'],
    ['what a command reads', `${FROM}\nRUN cat <<EOF > /f\nhi\nEOF\n`, 'cat /f', 'hi\n'],
    ['what another shell does', `${FROM}\nSHELL ["/bin/bash", "-c"]\nRUN echo \${BASH_VERSION:0:1} > /f`, 'cat /f', '5\n'],
    ['variables with defaults', `${FROM}\nENV A=\${NONE:-d} B="x y" C=p\\ q\nENV D old form`, 'echo "$A,$B,$C,$D"', 'd,x y,p q,old form\n'],
    ['no ARG', `${FROM}\nARG A=1\nRUN echo $A > /f`, 'cat /f; echo "${A-none}"', '1\nnone\n'],
    ['ARG after ENV', `${FROM}\nENV A=1\nARG A=2\nRUN echo $A > /f`, 'cat /f', '1\n'],
    ['an ARG of all stages', `ARG V=bookworm\nFROM debian:\${V}-slim\nARG V\nRUN echo $V > /f`, 'cat /f', 'bookworm\n'],
    ['an ARG that a stage does not name', `ARG V=bookworm\nFROM debian:\${V}-slim\nRUN echo "[$V]" > /f`, 'cat /f', '[]\n'],
    ['what is mounted', `${FROM}\nRUN --mount=target=/m --mount=type=tmpfs,target=/t cp /m/a.txt /f; touch /t/x`, 'cat /f; ls /m /t 2>&1 | wc -l', 'A\n2\n'],
    ['whoever USER names', `${FROM}\nUSER games\nRUN id -un > /tmp/f`, 'cat /tmp/f; id -un', 'games\ngames\n'],
  ])('%s', async (_, dockerfile, command, output) => {
    expect(await printed(dockerfile, command)).toBe(output);
  });

  it('has the target, and builds nothing that it does not need', async () => {
    const dockerfile = `${FROM} AS a\nRUN echo a > /f\n${FROM} AS broken\nRUN false\n${FROM}\nRUN false`;
    expect(await source(dockerfile).dockerBuild({ target: 'a' }).file('/f').contents()).toBe('a\n');
  });

  it('has what the build is given, and the secrets that it is given in no file', async () => {
    const dockerfile = `${FROM}\nARG A=1\nRUN --mount=type=secret,id=token --mount=type=secret,id=token,env=T test "$(cat /run/secrets/token)" = "$T" && echo $A \${#T} > /f`;
    const built = source(dockerfile).dockerBuild({
      buildArgs: [{ name: 'A', value: '2' }],
      secrets: [client.setSecret('token', 'open-sesame')],
    });
    expect(await built.file('/f').contents()).toBe('2 11\n');
    expect(await built.withExec(['sh', '-c', 'ls -A /run/secrets 2>/dev/null | wc -l']).stdout()).toBe('0\n');
  });

  it('runs again what a changed file is copied into, and nothing else', async () => {
    const dockerfile = `${FROM}\nCOPY a.txt /\nRUN date +%s%N > /first\nCOPY sub /sub\nRUN date +%s%N > /second`;
    const times = (directory: Directory) => {
      const built = directory.dockerBuild();
      return Promise.all(['/first', '/second'].map(path => built.file(path).contents()));
    };
    const [first, second] = await times(source(dockerfile));
    const [same, other] = await times(source(dockerfile).withNewFile('sub/b.txt', 'C\n'));
    expect(same).toBe(first);
    expect(other).not.toBe(second);
    expect(await times(source(dockerfile).withNewFile('skip/x', 'y\n').withNewFile('c', ''))).toEqual([first, second]);
  });
});

it('what the image says of itself', async () => {
  const built = source(
    `${FROM}\nWORKDIR a\nWORKDIR b\nUSER 7\nEXPOSE 80 53/udp\nLABEL l="x y" m=z\nCMD gone\nENTRYPOINT ["e", "f"]\nCMD echo hi\nHEALTHCHECK --interval=5s --retries=2 CMD ["true"]`,
  ).dockerBuild();
  expect(await built.workdir()).toBe('/a/b');
  expect(await built.user()).toBe('7');
  expect(await built.entrypoint()).toEqual(['e', 'f']);
  expect(await built.defaultArgs()).toEqual(['/bin/sh', '-c', 'echo hi']);
  expect(await built.label('l')).toBe('x y');
  const ports = await built.exposedPorts();
  expect(await Promise.all(ports.map(port => port.port()))).toEqual([80, 53]);
  expect(await built.dockerHealthcheck().interval()).toBe('5s');
});

describe('is refused', () => {
  it.each([
    ['no FROM', '# nothing', /no FROM/],
    ['what stands before it', 'RUN x\nFROM a', /line 1 of the Dockerfile: RUN stands before the first FROM/],
    ['an instruction that there is not', `${FROM}\nINSTALL x`, /line 2 of the Dockerfile: INSTALL is not served/],
    ['what BuildKit alone does', `${FROM}\n\nRUN --security=insecure x`, /line 3 of the Dockerfile: RUN --security/],
    ['a download', `${FROM}\nADD https://example.com/x /`, /line 2 of the Dockerfile: ADD fetches nothing/],
    ['a file that is not there', `${FROM}\nCOPY gone /`, /line 2 of the Dockerfile: gone is not in the directory/],
    ['a file that .dockerignore names', `${FROM}\nCOPY skip /`, /skip is not in the directory/],
    ['several files under one name', `${FROM}\nCOPY a.txt sub /d`, /\/d has to end with a slash/],
    ['a secret that is required', `${FROM}\nRUN --mount=type=secret,id=t,required x`, /the secret t is required/],
  ])('%s', async (_, dockerfile, message) => {
    await expect(source(dockerfile).dockerBuild().sync()).rejects.toThrow(message);
  });

  it('a stage that there is not', async () => {
    await expect(source(FROM).dockerBuild({ target: 'x' }).sync()).rejects.toThrow(/no stage x/);
  });

  it('a Dockerfile that there is not', async () => {
    await expect(source(FROM).dockerBuild({ dockerfile: 'x' }).sync()).rejects.toThrow(/x: no such file/);
  });
});
