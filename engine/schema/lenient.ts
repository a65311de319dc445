/** Arguments as Dagger takes them: a boolean and a number may be given as text. */
import {
  assertInputType,
  GraphQLBoolean,
  GraphQLError,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  GraphQLScalarType,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type ValueNode,
} from 'graphql';

/** The spellings of Go's strconv.ParseBool. */
const booleans: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map(text => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map(text => [text, false])),
};

function booleanOf(text: string): boolean {
  const value = booleans[text];
  if (value === undefined) throw new GraphQLError(`Boolean cannot represent ${JSON.stringify(text)}`);
  return value;
}

/** Dagger's numbers are those of Go, which are larger than GraphQL's own: sizes and times need that. */
function wholeNumber(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new GraphQLError(`Int cannot represent ${JSON.stringify(value)}`);
  return value as number;
}

function integerOf(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new GraphQLError(`Int cannot represent ${JSON.stringify(text)}`);
  return wholeNumber(Number(text));
}

const largeInt = new GraphQLScalarType<number>({
  ...GraphQLInt.toConfig(),
  serialize: wholeNumber,
  parseValue: wholeNumber,
  parseLiteral: node => {
    if (node.kind !== Kind.INT) throw new GraphQLError('Int cannot represent what is no whole number', { nodes: node });
    return wholeNumber(Number(node.value));
  },
});

/** A scalar that takes text as well, under its own name. */
function alsoText<T>(scalar: GraphQLScalarType<T>, read: (text: string) => T): GraphQLScalarType<T> {
  return new GraphQLScalarType<T>({
    ...scalar.toConfig(),
    parseValue: value => (typeof value === 'string' ? read(value) : scalar.parseValue(value)),
    parseLiteral: (node: ValueNode, variables) =>
      node.kind === Kind.STRING ? read(node.value) : scalar.parseLiteral(node, variables),
  });
}

/** Makes a schema take text for the booleans and numbers of its arguments. The schema given is changed. */
export function acceptText(schema: GraphQLSchema): GraphQLSchema {
  const scalars = new Map<string, GraphQLScalarType>([
    ['Boolean', alsoText(GraphQLBoolean, booleanOf)],
    ['Int', alsoText(largeInt, integerOf)],
  ]);
  const lenient = (type: GraphQLInputType): GraphQLInputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(lenient(type.ofType) as never);
    if (isListType(type)) return new GraphQLList(lenient(assertInputType(type.ofType)));
    return scalars.get(type.name) ?? type;
  };
  /** What is answered has no text for a number, but the same numbers. */
  const large = (type: GraphQLOutputType): GraphQLOutputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(large(type.ofType as GraphQLOutputType) as never);
    if (isListType(type)) return new GraphQLList(large(type.ofType as GraphQLOutputType));
    return type.name === 'Int' ? scalars.get('Int')! : type;
  };
  const types = schema.getTypeMap();
  for (const type of Object.values(types)) {
    // Those are GraphQL's own, shared by all schemas.
    if (isIntrospectionType(type)) continue;
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        field.type = large(field.type);
        for (const arg of field.args) arg.type = lenient(arg.type);
      }
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) field.type = lenient(field.type);
  }
  // Types of variables are looked up by name, and must be the arguments' own.
  for (const [name, scalar] of scalars) types[name] = scalar;
  return schema;
}
