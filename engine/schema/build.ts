/** The GraphQL schemas: Dagger's own, which questions are checked against, and the part of it that is answered. */
import {
  buildClientSchema,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type IntrospectionQuery,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type ValidationRule,
} from 'graphql';
import { readPackagedJson } from '../fs/text.js';
import type { ApiObject } from '../objects/registry.js';
import type { Api, Resolver } from './api.js';
import { acceptText } from './lenient.js';
import { served } from './served.js';

let introspection: IntrospectionQuery | undefined;

/** Dagger's API as an engine of the pinned release reports it. */
function readIntrospection(): IntrospectionQuery {
  introspection ??= readPackagedJson<IntrospectionQuery>(new URL('./introspection.json', import.meta.url));
  return introspection;
}

/** Dagger's whole schema. */
export function fullSchema(): GraphQLSchema {
  return acceptText(buildClientSchema(readIntrospection(), { assumeValid: true }));
}

type NamedRef = { readonly kind: string; readonly name?: string; readonly ofType?: NamedRef };
const leafName = (ref: NamedRef): string => (ref.ofType ? leafName(ref.ofType) : (ref.name ?? ''));
const rootNames = new Set(['Query', 'Boolean', 'String', 'Int', 'Float', 'ID']);

function servedIntrospection(): IntrospectionQuery {
  const { __schema: schema } = readIntrospection();
  const cut = schema.types.map(type => {
    if (type.kind === 'OBJECT' && !type.name.startsWith('__'))
      return { ...type, fields: type.fields.filter(f => served[type.name]?.[f.name] !== undefined) };
    return type;
  });
  const byName = new Map(cut.map(type => [type.name, type]));
  const reached = new Set<string>();
  const reach = (name: string): void => {
    const type = byName.get(name);
    if (type === undefined || reached.has(name)) return;
    reached.add(name);
    if (type.kind === 'OBJECT' || type.kind === 'INTERFACE') {
      for (const field of type.fields)
        for (const ref of [field.type, ...field.args.map(a => a.type)]) reach(leafName(ref as NamedRef));
      for (const ref of type.interfaces) reach(ref.name);
    }
    if (type.kind === 'INPUT_OBJECT') for (const field of type.inputFields) reach(leafName(field.type as NamedRef));
  };
  for (const name of rootNames) reach(name);
  for (const name of Object.keys(served)) reach(name);
  const types = cut
    .filter(type => reached.has(type.name) || type.name.startsWith('__'))
    .map(type =>
      type.kind === 'INTERFACE'
        ? { ...type, possibleTypes: type.possibleTypes.filter(p => reached.has(p.name)) }
        : type,
    );
  return { __schema: { ...schema, types, directives: [] } };
}

/** What a field answers that has nothing to say, also where the schema says that it "must be" something: whoever asked gets null. */
export const NOTHING = Symbol('nothing');

/** The served part of the schema with its resolvers. */
export function servedSchema(api: Api): GraphQLSchema {
  const schema = acceptText(buildClientSchema(servedIntrospection(), { assumeValid: true }));
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type) && type.name === 'Void') type.serialize = () => NOTHING;
    if (isInterfaceType(type)) type.resolveType = (value: ApiObject) => value.type;
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolver = served[type.name]?.[field.name] as Resolver<'Query'> | undefined;
      if (resolver === undefined) continue;
      // Promised also where it is there at once: a long chain of calls would be a deep stack otherwise.
      const resolve: GraphQLFieldResolver<ApiObject | undefined, unknown> = async (source, args) =>
        resolver((source?.value ?? {}) as never, args, api);
      field.resolve = resolve;
    }
  }
  return schema;
}

/** A validation rule for Dagger's whole schema: fields of it that this engine does not serve are refused by name. */
export const refuseUnserved: ValidationRule = context => ({
  Field(node) {
    const parent = context.getParentType();
    const name = node.name.value;
    if (
      !isObjectType(parent) ||
      parent.name.startsWith('__') ||
      name.startsWith('__') ||
      // A field that Dagger does not have either is a mistake, and GraphQL's own rules say so.
      parent.getFields()[name] === undefined ||
      served[parent.name]?.[name] !== undefined
    )
      return;
    context.reportError(
      new GraphQLError(
        `${parent.name}.${name} is part of Dagger's API, but the local engine does not serve it: run this with a Dagger engine`,
        { nodes: node },
      ),
    );
  },
});
