/** Stands in front of a registry and fails as registries do, as often as it is told. */
import { createServer, request } from 'node:http';
import { freePort } from './registry.js';

/** What happens to a request in place of an answer. */
export type Fault = 'reset' | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface FaultyProxy {
  readonly host: string;
  /** Requests that came by, as `METHOD PATH`. */
  readonly seen: readonly string[];
  /** Calls back once, when so many more requests have come by. */
  after(requests: number, then: () => void): void;
  /** Has the next requests that match fail, one for each fault. */
  fail(pattern: RegExp, ...faults: readonly Fault[]): void;
  stop(): Promise<void>;
}

/** @param target host and port of the registry */
export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const seen: string[] = [];
  let awaited: { requests: number; readonly then: () => void } | undefined;
  const planned: { readonly pattern: RegExp; readonly fault: Fault }[] = [];
  const server = createServer((asked, answer) => {
    const what = `${asked.method} ${asked.url}`;
    seen.push(what);
    if (awaited !== undefined && --awaited.requests === 0) awaited.then();
    const at = planned.findIndex(({ pattern }) => pattern.test(what));
    const fault = at < 0 ? undefined : planned.splice(at, 1)[0]!.fault;
    if (fault === 'reset') return void asked.socket.resetAndDestroy();
    if (fault !== undefined) {
      asked.resume();
      answer.writeHead(fault.status, fault.headers).end('{"errors":[{"code":"TEST","message":"on purpose"}]}');
      return;
    }
    const [hostname, to] = target.split(':');
    const passed = request(
      { hostname, port: to, method: asked.method, path: asked.url, headers: asked.headers },
      got => {
        answer.writeHead(got.statusCode!, got.headers);
        got.pipe(answer);
      },
    );
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>(ready => server.listen(port, '127.0.0.1', ready));
  return {
    host,
    seen,
    after: (requests, then) => {
      awaited = { requests, then };
    },
    fail: (pattern, ...faults) => planned.push(...faults.map(fault => ({ pattern, fault }))),
    stop: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
