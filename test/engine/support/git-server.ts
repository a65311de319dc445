/** Repositories of git on this machine, and a server that lets others have them over HTTP. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const author = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@localhost',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@localhost',
};
const own = {
  ...author,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** A repository that a test writes. */
export interface TestRepository {
  readonly dir: string;
  git(...args: string[]): Promise<string>;
  /** Writes files and commits all there is; returns the commit. */
  commit(message: string, files: Readonly<Record<string, string>>): Promise<string>;
}

/** Makes a repository on the branch `main`. */
export async function makeRepository(dir: string): Promise<TestRepository> {
  await mkdir(dir, { recursive: true });
  const git = async (...args: string[]) => (await execa('git', args, { cwd: dir, env: own })).stdout;
  await git('init', '-q', '-b', 'main');
  return {
    dir,
    git,
    async commit(message, files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), text);
      }
      await git('add', '-A');
      await git('commit', '-q', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
}

export interface GitServer {
  readonly url: string;
  /** Each request: what was asked for, and who asked. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
  close(): void;
}

/** Serves the repositories below a directory to whoever has the right header, by git's own program for that. */
export async function serveGit(
  root: string,
  mayEnter: (path: string, authorization: string | undefined) => boolean,
): Promise<GitServer> {
  const requests: GitServer['requests'] = [];
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const { authorization } = request.headers;
    requests.push({ path: pathname, authorization });
    if (mayEnter(pathname, authorization)) passOn(root, request, response, pathname, search.slice(1));
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', () => listening()));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}

function passOn(root: string, request: IncomingMessage, response: ServerResponse, path: string, query: string): void {
  const { 'content-type': type, 'content-encoding': encoding, 'git-protocol': protocol } = request.headers;
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      ...own,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: type ?? '',
      HTTP_CONTENT_ENCODING: encoding ?? '',
      GIT_PROTOCOL: String(protocol ?? ''),
    },
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', chunk => chunks.push(chunk));
  backend.stdout.on('end', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    const headers = all
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map(line => line.split(/: (.*)/s) as [string, string]);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
    response.end(all.subarray(end + 4));
  });
}
