/** Sockets of this machine as processes in containers get them: files of their own, whose connections are passed on. */
import { chmodSync, chownSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { SourceError } from '../errors.js';

/** A socket file that is listened on. */
export interface SocketForward {
  close(): void;
}

/** Whom the file is for: nobody else may connect. */
interface SocketFile {
  readonly file: string;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/**
 * Listens on a file and passes each connection on to a socket of this machine.
 * @throws SourceError when there is none: whoever asked would otherwise learn of connections that close, and of nothing else
 */
export async function forwardSocket(path: string, { file, owner }: SocketFile): Promise<SocketForward> {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket())
    throw new SourceError(`${path} is no socket of this machine`);
  // What one side has ended, the other may still answer.
  const server = createServer({ allowHalfOpen: true }, client => {
    const upstream = connect({ path, allowHalfOpen: true });
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  chmodSync(file, 0o600);
  chownSync(file, owner.uid, owner.gid);
  return {
    close() {
      server.close();
      rmSync(file, { force: true });
    },
  };
}
