/** Sockets of this machine in containers: commands talk through them, and they are no part of anybody's files. */
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Container } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownSession } from './support/session.js';

const ours = ownSession();

let server: Server;
let path: string;
let heard: string[];
beforeAll(async () => {
  path = join(ours.place.dir, 'answers.sock');
  heard = [];
  server = createServer({ allowHalfOpen: true }, client => {
    let said = '';
    client.on('data', data => {
      said += data;
    });
    client.on('end', () => {
      heard.push(said);
      client.end(`heard ${said}`);
    });
  }).listen(path);
  await once(server, 'listening');
});
afterAll(() => void server.close());

/** busybox speaks no unix sockets, and every Debian has this. */
async function withPerl(): Promise<Container> {
  const { stdout } = await execa('ldd', ['/usr/bin/perl']);
  const { stdout: inc } = await execa('/usr/bin/perl', ['-MIO::Socket::UNIX', '-e', 'print join "\\n", values %INC']);
  const base = inc.split('\n')[0]!.replace(/(perl-base)\/.*/, '$1');
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file!);
  const host = ours.session.client.host();
  const all = libraries.reduce((to, file) => to.withFile(file, host.file(realpathSync(file))), ours.session.base());
  return all
    .withFile('/usr/bin/perl', host.file(realpathSync('/usr/bin/perl')))
    .withDirectory(base, host.directory(base));
}

const ASK = `use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "cannot connect: $!\\n";
print $s $ARGV[1]; $s->shutdown(1); print while <$s>;`;
const asking = (at: string, text: string): string[] => ['perl', '-e', ASK, at, text];

describe('a socket of this machine', () => {
  it('is talked to by a command, which is kept as any other', async () => {
    const container = (await withPerl()).withUnixSocket('/run/s', ours.session.client.host().unixSocket(path));
    expect(await container.withExec(asking('/run/s', 'one')).stdout()).toBe('heard one');
    expect(await container.withExec(asking('/run/s', 'one')).stdout()).toBe('heard one');
    expect(heard).toEqual(['one']);
  });

  it('is talked to by a service', async () => {
    const script = `while :; do perl -e '${ASK}' /run/s two | nc -l -p 80; done`;
    const service = (await withPerl())
      .withUnixSocket('/run/s', ours.session.client.address(`unix://${path}`).socket())
      .withExposedPort(80, { experimentalSkipHealthcheck: true })
      .asService({ args: ['sh', '-c', script] });
    const ask = 'for i in $(seq 40); do a=$(nc s 80 </dev/null) && [ -n "$a" ] && break; sleep 0.2; done; echo "$a"';
    expect(await ours.session.base().withServiceBinding('s', service).withExec(['sh', '-c', ask]).stdout()).toBe(
      'heard two\n',
    );
  });

  it('is for its owner alone', async () => {
    const socket = ours.session.client.host().unixSocket(path);
    const owned = (await withPerl()).withUnixSocket('run/s', socket, { owner: '12:34' });
    expect(await owned.withExec(['stat', '-c', '%F %a %u:%g', '/run/s']).stdout()).toBe('socket 600 12:34\n');
    expect(await owned.withUser('12').withExec(asking('/run/s', 'three')).stdout()).toBe('heard three');
    await expect(owned.withUser('13').withExec(asking('/run/s', 'four')).stdout()).rejects.toMatchObject({
      stderr: expect.stringContaining('cannot connect: Permission denied'),
    });
    expect(heard).not.toContain('four');
  });

  it('is no part of the container, and can be taken away', async () => {
    const container = ours.session
      .base()
      .withNewFile('/run/s', 'a file')
      .withUnixSocket('/run/s', ours.session.client.host().unixSocket(path));
    expect(await container.mounts()).toEqual([]);
    expect(await container.file('/run/s').contents()).toBe('a file');
    const seen = async (it: Container) => (await it.withExec(['stat', '-c', '%F', '/run/s']).stdout()).trim();
    expect(await seen(container)).toBe('socket');
    expect(await seen(container.withMountedDirectory('/run/t', ours.session.client.directory()))).toBe('socket');
    expect(await seen(container.withoutUnixSocket('/run/s'))).toBe('regular file');
    const bare = ours.session.base().withUnixSocket('/gone/s', ours.session.client.host().unixSocket(path));
    expect(await bare.withExec(['true']).rootfs().glob('gone/**')).toEqual([]);
  });

  it('that is not there is said before the command runs', async () => {
    const nothing = ours.session.client.host().unixSocket(ours.place.busybox);
    await expect(ours.session.base().withUnixSocket('/s', nothing).withExec(['true', 'five']).sync()).rejects.toThrow(
      `${ours.place.busybox} is no socket of this machine`,
    );
  });
});
