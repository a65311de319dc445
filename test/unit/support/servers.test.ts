/** The definitions of servers hold together: with themselves, and with what reads their command lines. */
import { describe, expect, it } from 'vitest';
import { readWords } from '../../../src/detect/files/command-line.js';
import { programsOf } from '../../../src/detect/files/runners.js';
import { serverCommand } from '../../../src/detect/files/server-command.js';
import type { AppObject, Protocol } from '../../../src/support/app-object.js';
import type { FrameworkDefinition } from '../../../src/support/frameworks/definition.js';
import { RUN_SERVERS, serversFor, UNSUPPORTED_SERVERS } from '../../../src/support/run-servers.js';
import { WEB_FRAMEWORKS } from '../../../src/support/web-frameworks.js';

const PROTOCOLS: readonly Protocol[] = ['wsgi', 'asgi'];

describe.each(RUN_SERVERS)('%s', (kind, server) => {
  const protocol = PROTOCOLS.find(candidate => server.serves[candidate])!;

  const calls = server.factory === 'none' ? (['object'] as const) : (['object', 'factory'] as const);
  it.each(calls)('starts an %s by a command that it would read so itself', async call => {
    const app: AppObject = { module: 'shop.web', attribute: 'make', call, protocol };
    const words = server.start.words(app, { fileOf: name => `/files/${name}` });
    const [run] = await programsOf(readWords(words).commands[0]!);
    expect(run && serverCommand(run)).toMatchObject({
      server: kind,
      app: { module: 'shop.web', attribute: 'make', call },
    });
  });

  it('gives the meaning of options that it has', () => {
    const { means, takingValue } = server.command;
    const open = Object.entries(means).filter(
      ([name, meaning]) => takingValue.includes(name) === (meaning === 'factory'),
    );
    expect(open).toEqual([]);
  });
});

describe('servers', () => {
  it.each(PROTOCOLS)('for %s have an order', protocol => {
    const ranks = RUN_SERVERS.flatMap(([, { serves }]) => serves[protocol]?.rank ?? []);
    expect(new Set(ranks).size).toBe(ranks.length);
    expect(serversFor(protocol)).toHaveLength(ranks.length);
  });

  it('are run, or known and not run', () => {
    const run = RUN_SERVERS.flatMap(([, { packages }]) => packages);
    expect(run.filter(name => UNSUPPORTED_SERVERS.includes(name))).toEqual([]);
  });

  it('that come with a framework are run, and serve what it speaks', () => {
    const wrong = WEB_FRAMEWORKS.flatMap(
      ([, { brings = [], protocol, makers }]: readonly [string, FrameworkDefinition]) => {
        const spoken = [protocol, ...Object.values(makers)];
        return brings.filter(({ server }) => !spoken.some(one => serversFor(one).some(kind => kind === server)));
      },
    );
    expect(wrong).toEqual([]);
  });
});
