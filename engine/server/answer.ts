/** Answers one GraphQL request as a Dagger session does. */
import {
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { defined } from '../defined.js';
import { machineExtensions } from '../errors.js';
import type { Api } from '../schema/api.js';
import { fullSchema, NOTHING, refuseUnserved, servedSchema } from '../schema/build.js';
import { readListTexts, requireLists } from '../schema/lists.js';
import { checkDocument, checkText } from './limits.js';
import { recent } from './recent.js';
import { longestShape, validShapes } from './shapes.js';

export interface GraphQLRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

export interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

export type Answer = (request: GraphQLRequest) => Promise<GraphQLAnswer>;

const asGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError(String((error as Error).message ?? error));

/** Dagger's answers have their keys in alphabetical order. */
function sorted(value: unknown): unknown {
  if (value === NOTHING) return null;
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map(item => mapStrings(item, change)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapStrings(inner, change)])) as T;
}

/** Makes the function that answers a session's requests. Errors are scrubbed of secrets. */
export function createAnswer(api: Api): Answer {
  const full = fullSchema();
  const schema: GraphQLSchema = servedSchema(api);
  // Whoever asks for what is not served learns that first.
  const rules = [refuseUnserved, requireLists, ...specifiedRules];
  const validShape = validShapes(document => validate(full, document, rules));
  const checkAnew = (query: string) => {
    checkText(query);
    const parsed = parse(query, { noLocation: true });
    checkDocument(parsed);
    if (!/"\s*\[/.test(query)) return { document: parsed, errors: validShape(query, parsed) };
    const document = readListTexts(full, parsed);
    return { document, errors: validate(full, document, rules) };
  };
  // To remember what is made of a short one takes longer than to make it again.
  const checkLong = recent(checkAnew);
  const check = (query: string) => (query.length > longestShape ? checkLong : checkAnew)(query);
  const formatted = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
    errors.map(e => {
      const { message, extensions = machineExtensions(e.originalError), ...rest } = e.toJSON();
      const { scrub } = api.context.secrets;
      const scrubbed = extensions && mapStrings(extensions, scrub);
      return { message: scrub(message), ...rest, ...defined({ extensions: scrubbed }) };
    });
  const answer: Answer = async request => {
    try {
      const { document, errors } = check(request.query);
      if (errors.length > 0) return { errors: formatted(errors) };
      const result = await execute({
        schema,
        document,
        variableValues: request.variables ?? {},
        operationName: request.operationName ?? null,
      });
      const failed = result.errors && formatted(result.errors);
      return { data: sorted(result.data ?? null), ...defined({ errors: failed }) };
    } catch (error) {
      return { errors: formatted([asGraphQLError(error)]) };
    }
  };
  return request => api.context.activity.track(answer(request));
}
