/** The server as a client meets it: what it serves of Dagger's API, what it refuses and in which words, and who may ask. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { ownSession } from './support/session.js';

const dagger = buildClientSchema(
  JSON.parse(
    readFileSync(new URL('../../engine/schema/introspection.json', import.meta.url), 'utf8'),
  ) as IntrospectionQuery,
);
const fieldsOf = (name: string) => Object.values((dagger.getType(name) as GraphQLObjectType).getFields());

const ours = ownSession();

interface Answered {
  readonly status: number;
  readonly body: { data?: Record<string, unknown> | null; errors?: { message: string }[] };
}

async function post(body: string, headers: Record<string, string> = {}, path = '/query'): Promise<Answered> {
  const response = await fetch(`http://127.0.0.1:${ours.session.port}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${ours.session.token}:`)}`,
      'content-type': 'application/json',
      ...headers,
    },
    body,
  });
  return { status: response.status, body: (await response.json()) as Answered['body'] };
}
const ask = async (query: string, variables?: Record<string, unknown>) =>
  (await post(JSON.stringify({ query, ...(variables && { variables }) }))).body;

/** The types that answers to introspection name, as text for comparison. */
function described(schema: ReturnType<typeof buildClientSchema>, type: string, field: string): unknown {
  const object = schema.getType(type) as GraphQLObjectType;
  const { args, type: result } = object.getFields()[field]!;
  return {
    type: String(result),
    args: args.map(a => ({ name: a.name, type: String(a.type), default: a.defaultValue })),
  };
}

function value(type: GraphQLInputType): string {
  if (isNonNullType(type)) return value(type.ofType);
  if (isListType(type)) return '[]';
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(f => isNonNullType(f.type));
    return `{${required.map(f => `${f.name}: ${value(f.type)}`).join(', ')}}`;
  }
  if (isScalarType(type)) return { Int: '1', Float: '1.0', Boolean: 'true' }[type.name] ?? '"x"';
  return type.getValues()[0]!.name;
}

function selection(type: GraphQLOutputType): string {
  if (isNonNullType(type) || isListType(type)) return selection(type.ofType);
  return isObjectType(type) || isInterfaceType(type) ? '{ __typename }' : '';
}

/** Asks for the field with the fewest arguments that it takes. */
function fieldQuery({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const required = args.filter(a => isNonNullType(a.type) && a.defaultValue === undefined);
  const given = required.map(a => `${a.name}: ${value(a.type)}`).join(', ');
  return `${name}${given === '' ? '' : `(${given})`} ${selection(type)}`;
}

describe('the schema', () => {
  it("agrees with Dagger's in every field that is served, and serves what the SDK needs", async () => {
    const served = buildClientSchema((await ask(getIntrospectionQuery())).data as unknown as IntrospectionQuery);
    const pairs = Object.values(served.getTypeMap())
      .filter(type => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap(type => Object.keys((type as GraphQLObjectType).getFields()).map(field => [type.name, field] as const));
    expect(pairs.length).toBeGreaterThan(150);
    for (const [type, field] of pairs)
      expect(described(served, type, field), `${type}.${field}`).toEqual(described(dagger, type, field));
    expect(pairs.map(p => p.join('.'))).toEqual(
      expect.arrayContaining(['Container.withExec', 'Query.node', 'Directory.id', 'Service.up', 'Secret.plaintext']),
    );
  });

  const roots: Readonly<Record<string, (field: string) => string>> = {
    Query: field => `{ ${field} }`,
    Container: field => `{ container { ${field} } }`,
    Directory: field => `{ directory { ${field} } }`,
    File: field => `{ file(name: "f", contents: "") { ${field} } }`,
    Host: field => `{ host { ${field} } }`,
    Service: field => `{ container { withDefaultArgs(args: ["true"]) { asService { ${field} } } } }`,
    Secret: field => `{ setSecret(name: "n", plaintext: "p") { ${field} } }`,
    CacheVolume: field => `{ cacheVolume(key: "k") { ${field} } }`,
  };

  it.each(Object.keys(roots))('refuses by name every field of %s that is not served', async type => {
    const served = buildClientSchema((await ask(getIntrospectionQuery())).data as unknown as IntrospectionQuery);
    const known = (served.getType(type) as GraphQLObjectType).getFields();
    const refused = fieldsOf(type).filter(field => known[field.name] === undefined);
    const answers = await Promise.all(refused.map(field => ask(roots[type]!(fieldQuery(field)))));
    expect(answers.map(a => a.errors?.map(e => e.message))).toEqual(
      refused.map(field => [
        `${type}.${field.name} is part of Dagger's API, but the local engine does not serve it: run this with a Dagger engine`,
      ]),
    );
    expect(answers.every(a => a.data === undefined || a.data === null)).toBe(true);
  });

  it('refuses what comes to mind', async () => {
    const message = async (query: string) => (await ask(query)).errors?.[0]?.message;
    expect(await message('{ container { experimentalWithGPU(devices: ["0"]) { id } } }')).toMatch(
      /^Container\.experimentalWithGPU is part of Dagger's API/,
    );
    expect(await message('{ cloud { traceURL } }')).toMatch(/^Query\.cloud is part/);
    expect(await message('{ llm { lastReply } }')).toMatch(/^Query\.llm is part/);
  });

  it.each([
    ['{ nothing }', /^Cannot query field "nothing" on type "Query"/],
    ['{ container { withExecs } }', /^Cannot query field "withExecs" on type "Container"\. Did you mean .*"withExec"/],
    ['{ container { from { id } } }', /argument "address" of type "String!" is required/],
    ['{ container(x: 1) { id } }', /^Unknown argument "x"/],
    ['{ container { withExec(args: [1.5]) { id } } }', /String cannot represent a non string value/],
    ['{ container { ', /^Syntax Error/],
    ['mutation { x }', /./],
  ])('answers the mistake in %s', async (query, message) => {
    const { data, errors } = await ask(query);
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.message).toMatch(message);
  });

  it('takes variables, fragments, aliases and several questions at once', async () => {
    const query = `query Q($name: String!, $text: String!) {
      first: directory { withNewFile(path: $name, contents: $text) { file(path: $name) { ...F } } }
      second: directory { entries }
    } fragment F on File { contents size }`;
    expect(await ask(query, { name: 'n', text: 'some' })).toEqual({
      data: { first: { withNewFile: { file: { contents: 'some', size: 4 } } }, second: { entries: [] } },
    });
  });
});

describe('the server', () => {
  it.each([
    ['no token', {}],
    ['a wrong token', { authorization: `Basic ${btoa('wrong:')}` }],
    ['a token of the right length', { authorization: `Basic ${btoa(`${'0'.repeat(36)}:`)}` }],
    ['another scheme', { authorization: 'Bearer x' }],
  ])('answers 401 to %s', async (_, headers) => {
    expect(await post('{"query":"{ version }"}', { authorization: '', ...headers })).toEqual({
      status: 401,
      body: { errors: [{ message: expect.stringMatching(/^unauthorized/) }] },
    });
  });

  it('answers 405 to a GET, 404 elsewhere, and 400 to what is no GraphQL request', async () => {
    const get = await fetch(`http://127.0.0.1:${ours.session.port}/query`, {
      headers: { authorization: `Basic ${btoa(`${ours.session.token}:`)}` },
    });
    expect(get.status).toBe(405);
    expect((await post('{}', {}, '/')).status).toBe(404);
    const bodies = ['', '{', '[]', 'null', '"text"', '{"query": 1}', '{"query": "{ version }", "variables": []}'];
    expect(await Promise.all(bodies.map(async b => [b, (await post(b)).status]))).toEqual(bodies.map(b => [b, 400]));
    expect(await ask('{ version }')).toEqual({ data: { version: 'v0.21.8' } });
  });

  it('listens on loopback alone', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter(a => a !== undefined && a.family === 'IPv4' && !a.internal);
    expect(others).not.toEqual([]);
    for (const other of others)
      await expect(fetch(`http://${other!.address}:${ours.session.port}/query`)).rejects.toThrow('fetch failed');
  });
});

describe('what is asked for at once', () => {
  const aliases = (count: number, field = 'version') =>
    `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')} }`;
  const levels = (count: number) =>
    `{ container ${'{ withWorkdir(path: "a") '.repeat(count)}{ id }${' }'.repeat(count + 1)}`;
  const laughs = [...Array(30).keys()]
    .map(i => `fragment F${i} on Directory { a: filter { ...F${i + 1} } b: filter { ...F${i + 1} } }`)
    .join(' ');

  it.each([
    ['500,000 aliases', aliases(500_000), /^the query has more than 200000 words/],
    ['10,000 levels', levels(10_000), /^the query has more than 2000 levels/],
    [
      'lists in 100,000 lists',
      `{ container { withExec(args: ${'['.repeat(100_000)}`,
      /^the query has more than 2000 levels/,
    ],
    [
      'one field 40,000 times',
      `{ ${'version '.repeat(40_000)} }`,
      /^the query has more than 1000 fields that are there several times/,
    ],
    ['one field 40,000 times in fragments', `{ ${'... { version } '.repeat(40_000)} }`, /several times/],
    [
      'fragments for a billion fields',
      `{ directory { ...F0 } } ${laughs} fragment F30 on Directory { id }`,
      /written out/,
    ],
  ])('has a limit: %s', async (_, query, message) => {
    const start = Date.now();
    const { data, errors } = await ask(query);
    expect(errors?.[0]?.message).toMatch(message);
    expect(data ?? null).toBeNull();
    expect(Date.now() - start).toBeLessThan(5000);
  });

  it.each([
    ['20,000 aliases', aliases(20_000)],
    ['1,500 levels', levels(1500)],
    [
      'a file of 8 MB',
      `{ directory { withNewFile(path: "f", contents: "${'x'.repeat(8_000_000)}") { file(path: "f") { size } } } }`,
    ],
  ])('takes %s', async (_, query) => {
    expect((await ask(query)).errors?.map(e => e.message)).toBeUndefined();
  });

  it('takes no request of 200 MB, and answers the next', async () => {
    const large = JSON.stringify({ query: '{ version }', variables: { x: 'x'.repeat(200_000_000) } });
    expect(await post(large)).toEqual({
      status: 413,
      body: { errors: [{ message: expect.stringMatching(/^the request is larger than 32 MiB/) }] },
    });
    expect(await ask('{ version }')).toEqual({ data: { version: 'v0.21.8' } });
  });
});
