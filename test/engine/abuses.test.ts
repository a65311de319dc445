/** What nobody should ask, asked: each gets an answer in a sentence, soon, and whoever asks next is answered as before. */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { documented } from './support/documented.js';
import { ownSession } from './support/session.js';

const ours = ownSession();

const authorization = () => `Basic ${btoa(`${ours.session.token}:`)}`;

interface Answered {
  readonly status: number;
  readonly messages: readonly string[];
}

async function post(body: string | Uint8Array<ArrayBuffer>, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(`http://127.0.0.1:${ours.session.port}/query`, {
    method: 'POST',
    body,
    ...init,
    headers: { authorization: authorization(), 'content-type': 'application/json', ...init.headers },
  });
  const { errors = [] } = (await response.json()) as { errors?: { message: string }[] };
  return { status: response.status, messages: errors.map(error => error.message) };
}
const ask = (query: string, variables?: object) => post(JSON.stringify({ query, variables }));

/** Sends bytes as they are, waits for the end or the time, and gives what came. */
function raw(bytes: string, patience = 2000): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(ours.session.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, patience);
    socket.on('data', data => {
      text += String(data);
      end();
    });
    socket.on('close', end);
    socket.on('error', end);
  });
}

/** How many things are asked below; each table says how many it has. */
let asked = 0;
const longest = 30_000;
afterEach(async () => {
  const start = Date.now();
  expect(await post('{"query":"{ version }"}')).toEqual({ status: 200, messages: [] });
  expect(Date.now() - start).toBeLessThan(longest);
});

const repeat = (text: string, count: number, between = ' ') => Array.from({ length: count }, () => text).join(between);
const container = (field: string) => `{ container { ${field} } }`;
const directory = (field: string) => `{ directory { ${field} } }`;

describe('bodies and variables', () => {
  const bodies: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
    nothing: '',
    'no JSON': '{"query": "{ version }"',
    'bytes that are no UTF-8': new Uint8Array([0x7b, 0xff, 0xfe, 0x80, 0x7d]),
    'a NUL': '{"query": "\u0000"}',
    'a list of requests': '[{"query":"{ version }"},{"query":"{ version }"}]',
    'a number': '1',
    'lists in lists': '['.repeat(200_000),
    'objects in objects': '{"query":'.repeat(100_000),
    'no query': '{"variables":{}}',
    'a query that is a list': '{"query":["{ version }"]}',
    'an empty query': '{"query":""}',
    'a query of spaces': `{"query":"${' '.repeat(1_000_000)}"}`,
    'a query that is a comment': `{"query":"#${'x'.repeat(1_000_000)}"}`,
    'variables that are a text': '{"query":"{ version }","variables":"x"}',
    'a prototype':
      '{"query":"query Q($n: String!) { file(name: $n, contents: \\"\\") { id } }","variables":{"__proto__":{"n":"x"}}}',
    'an operation that is not there': '{"query":"query A { version }","operationName":"B"}',
    'two operations and no name': '{"query":"query A { version } query B { version }"}',
    'a name that is a list': '{"query":"{ version }","operationName":["A"]}',
    'an open text': '{"query":"{ file(name: \\"x"}',
  };
  asked += Object.keys(bodies).length;
  it.each(Object.entries(bodies))('%s', async (_, body) => {
    const { status, messages } = await post(body);
    expect([200, 400]).toContain(status);
    expect(messages[0]).toMatch(/\S/);
    expect(messages.join('\n')).not.toMatch(/at \S+ \(|node_modules|TypeError|Maximum call stack/);
  });
});

describe('queries', () => {
  const queries: Readonly<Record<string, string>> = {
    'a mutation': 'mutation { version }',
    'a subscription': 'subscription { version }',
    'a schema': 'type Query { x: Int }',
    'a fragment that contains itself': '{ directory { ...A } } fragment A on Directory { ...A }',
    'two fragments that contain each other':
      '{ directory { ...A } } fragment A on Directory { ...B } fragment B on Directory { ...A }',
    'a fragment that is not there': '{ directory { ...A } }',
    'a fragment of another type': '{ directory { ... on File { id } } }',
    'many fragments that nobody uses': `{ version } ${Array.from({ length: 5000 }, (_, i) => `fragment F${i} on Query { version }`).join(' ')}`,
    'many directives': `{ version ${repeat('@include(if: true)', 20_000)} }`,
    'a directive that is not there': '{ version @x }',
    'many variables that nobody uses': `query Q(${Array.from({ length: 20_000 }, (_, i) => `$v${i}: Int`).join(' ')}) { version }`,
    'a variable that is not there': '{ file(name: $x, contents: "") { id } }',
    'many arguments that are not there': `{ file(${Array.from({ length: 20_000 }, (_, i) => `a${i}: 1`).join(' ')}) { id } }`,
    'one argument many times': `{ file(${repeat('name: "a"', 20_000)}) { id } }`,
    'many fields that are not there': `{ ${Array.from({ length: 20_000 }, (_, i) => `a${i}`).join(' ')} }`,
    'introspection in circles': `{ __schema { types { fields { type { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } } } }`,
    'fields of one name with other arguments': `{ ${Array.from({ length: 3000 }, (_, i) => `file(name: "${i}", contents: "") { id }`).join(' ')} }`,
    'a number too large': container('withExposedPort(port: 99999999999999999999) { id }'),
    'nothing where something has to be': container('withWorkdir(path: null) { id }'),
    'an object for a text': container('withWorkdir(path: {a: 1}) { id }'),
    'a field without its selection': '{ container }',
    'a selection of a text': '{ version { x } }',
  };
  asked += Object.keys(queries).length;
  it.each(Object.entries(queries))('%s', async (_, query) => {
    const start = Date.now();
    const { status, messages } = await ask(query);
    expect(status).toBe(200);
    expect(messages[0]).toMatch(/\S/);
    expect(messages.join('\n').length).toBeLessThan(200_000);
    expect(messages.join('\n')).not.toMatch(/at \S+ \(|node_modules|TypeError|Maximum call stack/);
    expect(Date.now() - start).toBeLessThan(longest);
  });
});

describe('arguments', () => {
  const long = 'x'.repeat(5000);
  const queries: Readonly<Record<string, string>> = {
    'an id of nothing': '{ node(id: "nothing") { id } }',
    'an empty id': '{ node(id: "") { id } }',
    'a path with a NUL': directory('withNewFile(path: "a\\u0000b", contents: "x") { entries }'),
    'a path that climbs': directory(
      'withNewFile(path: "../../../../tmp/qs-climbed", contents: "x") { file(path: "../qs") { contents } }',
    ),
    'a name longer than names are': directory(`withNewFile(path: "${long}", contents: "x") { entries }`),
    'the directory itself as a file': directory('withNewFile(path: "/", contents: "x") { entries }'),
    'an empty path for a file': directory('withNewFile(path: "", contents: "x") { entries }'),
    'a file below a file': directory(
      'withNewFile(path: "a", contents: "") { withNewFile(path: "a/b", contents: "") { entries } }',
    ),
    'a pattern that is none': directory('glob(pattern: "[")'),
    'the directory removed from itself': directory('withoutDirectory(path: "/") { entries }'),
    'a directory where a file is': directory(
      'withNewFile(path: "a", contents: "") { directory(path: "a") { entries } }',
    ),
    'a file that is not there': directory('file(path: "none") { contents }'),
    'a command that is empty': container('withExec(args: []) { stdout }'),
    'a command that is an empty text': container('withExec(args: [""]) { stdout }'),
    'a command without a file system': container('withExec(args: ["true"]) { stdout }'),
    'an image without a name': container('from(address: "") { id }'),
    'an image whose name is none': container('from(address: "http://x y/:::@@") { id }'),
    'a directory of this machine that is not there': '{ host { directory(path: "/nothing/here") { entries } } }',
    'a device of this machine as a file': '{ host { file(path: "/dev/zero") { contents } } }',
    'a secret without a value': '{ secret(uri: "env://QUAYSIDE_NOT_SET") { plaintext } }',
    'a secret of a kind that is not there': '{ secret(uri: "x://y") { plaintext } }',
    'a user that is not there': container('withUser(name: "nobody-here") { withExec(args: ["true"]) { stdout } }'),
  };
  asked += Object.keys(queries).length;
  it.each(Object.entries(queries))('%s', async (_, query) => {
    const start = Date.now();
    const { status, messages } = await ask(query);
    expect(status).toBe(200);
    expect(messages[0]).toMatch(/\S/);
    expect(messages.join('\n')).not.toMatch(/at \S+ \(|node_modules|TypeError|Maximum call stack/);
    expect(Date.now() - start).toBeLessThan(longest);
  });

  it.each([
    [
      'a pattern of many stars',
      directory(
        `withNewFile(path: "${repeat('a', 30, '/')}/f", contents: "") { glob(pattern: "${'**/*a*/'.repeat(12)}x") }`,
      ),
    ],
    [
      'a pattern of many questions',
      directory(`withNewFile(path: "${'a'.repeat(200)}", contents: "") { glob(pattern: "${'a*?'.repeat(30)}b") }`),
    ],
    [
      'exclusions by the thousand',
      directory(`withDirectory(path: "/", source: "", exclude: [${repeat('"**/a*b*c*"', 5000, ',')}]) { entries }`),
    ],
    [
      'an environment of 5,000 variables',
      `{ container ${Array.from({ length: 500 }, (_, i) => `{ withEnvVariable(name: "A${i}", value: "x") `).join('')} { id } ${'}'.repeat(501)}`,
    ],
  ])('ends: %s', async (_, query) => {
    const start = Date.now();
    expect((await ask(query)).status).toBe(200);
    expect(Date.now() - start).toBeLessThan(longest);
  });
});

describe('connections', () => {
  const line = 'POST /query HTTP/1.1\r\nHost: x\r\n';
  const sent: Readonly<Record<string, string>> = {
    'no HTTP': 'hello\r\n\r\n',
    TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'a header without end': `${line}X: ${'x'.repeat(200_000)}`,
    'a length below zero': `${line}Content-Length: -1\r\n\r\n`,
    'two lengths': `${line}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
    'a length and chunks': `${line}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'chunks of no size': `${line}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`,
  };
  asked += Object.keys(sent).length;
  it.each(Object.entries(sent))('%s', async (_, bytes) => {
    expect(await raw(bytes)).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
  });

  it('a body that stops half-way, from 200 at once', async () => {
    const half = `${line}Authorization: ${authorization()}\r\nContent-Length: 1000\r\n\r\n{"query"`;
    const stuck = Array.from({ length: 200 }, () =>
      connect(ours.session.port, '127.0.0.1', function (this: { write(t: string): void }) {
        this.write(half);
      }),
    );
    for (const socket of stuck) socket.on('error', () => undefined);
    expect(await post('{"query":"{ version }"}')).toEqual({ status: 200, messages: [] });
    for (const socket of stuck) socket.destroy();
  });

  it('500 requests at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) => ask(container(`withEnvVariable(name: "N", value: "${i}") { id }`))),
    );
    expect(answers.every(({ status, messages }) => status === 200 && messages.length === 0)).toBe(true);
  });
});

it('are as many as is said', () => expect(documented('abuses of the API')).toBe(asked));
