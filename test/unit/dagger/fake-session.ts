/** A Dagger session that runs nothing: it checks every query against the real schema and remembers what was described. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildClientSchema,
  type FieldNode,
  type IntrospectionQuery,
  Kind,
  parse,
  type SelectionSetNode,
  validate,
  valueFromASTUntyped,
} from 'graphql';

/** One field of a query with its arguments; ids in them are replaced by the recipe they stand for. */
export interface Op {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** How an object was described, from the query's root to it. */
export type Recipe = readonly Op[];

/** What the fake answers to a leaf; `undefined` leaves it the default of its type. */
export type Answer = (leaf: string, recipe: Recipe) => unknown;

/** An error in the form an engine answers with. */
export class FakeFailure extends Error {
  constructor(
    message: string,
    readonly extensions: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}

export interface FakeSession {
  readonly port: number;
  readonly token: string;
  /** What the schema has against queries that were sent. */
  readonly problems: string[];
  /** Every query's recipe with its leaf, in order. */
  readonly leaves: { readonly leaf: string; readonly recipe: Recipe }[];
  answer: Answer;
  close(): Promise<void>;
}

const introspection = new URL('../../../engine/schema/introspection.json', import.meta.url);

/** Starts the session on a free port of the loopback interface. */
export async function startFakeSession(): Promise<FakeSession> {
  const text = JSON.parse(readFileSync(introspection, 'utf8')) as { data?: IntrospectionQuery } & IntrospectionQuery;
  const schema = buildClientSchema(text.data ?? text);
  const recipes = new Map<string, Recipe>();
  const session: FakeSession = {
    port: 0,
    token: 'token',
    problems: [],
    leaves: [],
    answer: () => undefined,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };

  function execute(query: string): unknown {
    const document = parse(query);
    session.problems.push(...validate(schema, document).map(error => `${error.message}\n${query}`));
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
    return walk(operation.selectionSet, []);
  }

  function walk(set: SelectionSetNode, before: Recipe): unknown {
    const [selection] = set.selections;
    if (selection?.kind === Kind.INLINE_FRAGMENT) return walk(selection.selectionSet, before);
    if (selection?.kind !== Kind.FIELD || set.selections.length !== 1) throw new Error('one field at a time');
    return { [selection.name.value]: field(selection, before) };
  }

  function field(node: FieldNode, before: Recipe): unknown {
    const name = node.name.value;
    const args = Object.fromEntries(
      (node.arguments ?? []).map(argument => [argument.name.value, expand(valueFromASTUntyped(argument.value))]),
    );
    if (name === 'node' && before.length === 0) return walk(node.selectionSet!, args.id as Recipe);
    if (node.selectionSet) return walk(node.selectionSet, [...before, { field: name, args }]);
    session.leaves.push({ leaf: name, recipe: before });
    const answer = session.answer(name, before);
    if (answer instanceof FakeFailure) throw answer;
    if (answer !== undefined) return answer;
    if (name === 'id' || name === 'sync') return remember(before);
    return name === 'exitCode' ? 0 : name === 'glob' ? [] : '';
  }

  function remember(recipe: Recipe): string {
    const id = `id:${JSON.stringify(recipe)}`;
    recipes.set(id, recipe);
    return id;
  }

  function expand(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(expand);
    return typeof value === 'string' ? (recipes.get(value) ?? value) : value;
  }

  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      try {
        if (request.headers.authorization !== `Basic ${Buffer.from('token:').toString('base64')}`) {
          throw new Error('not authorised');
        }
        response.end(JSON.stringify({ data: execute((JSON.parse(body) as { query: string }).query) }));
      } catch (error) {
        const { message, extensions = {} } = error as FakeFailure;
        response.end(JSON.stringify({ data: null, errors: [{ message, path: [], extensions }] }));
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(session, { port: (server.address() as AddressInfo).port });
}

/** Every operation that a recipe is made of, those of its arguments included. */
export function allOps(recipe: Recipe): readonly Op[] {
  const inner = (value: unknown): readonly Op[] => {
    if (isRecipe(value)) return allOps(value);
    return Array.isArray(value) ? value.flatMap(inner) : [];
  };
  return recipe.flatMap(op => [...Object.values(op.args).flatMap(inner), op]);
}

/** The recipe's own operations of one field. */
export function opsOf(recipe: Recipe, field: string): readonly Op[] {
  return recipe.filter(op => op.field === field);
}

/** The service bound under an alias, as its recipe. */
export function boundService(recipe: Recipe, alias: string): Recipe {
  const binding = opsOf(recipe, 'withServiceBinding').find(op => op.args.alias === alias);
  if (!binding) throw new Error(`nothing is bound as ${alias}`);
  return binding.args.service as Recipe;
}

function isRecipe(value: unknown): value is Recipe {
  return Array.isArray(value) && value.length > 0 && typeof (value[0] as Op | undefined)?.field === 'string';
}
