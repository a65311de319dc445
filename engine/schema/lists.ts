/** Lists in questions as Dagger takes them: a single value is none, and a text is one when it is a list in JSON. */
import {
  astFromValue,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNullableType,
  isListType,
  TypeInfo,
  type ValidationRule,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** Refuses what stands where a list belongs and is none; GraphQL alone would take it for the list's only element. */
export const requireLists: ValidationRule = context => {
  const check = (node: ValueNode): void => {
    const type = context.getInputType();
    if (type && isListType(getNullableType(type)))
      context.reportError(new GraphQLError(`a list is expected, not a single value: ${type}`, { nodes: node }));
  };
  return {
    StringValue: check,
    IntValue: check,
    FloatValue: check,
    BooleanValue: check,
    EnumValue: check,
    ObjectValue: check,
  };
};

function listIn(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A question with lists in place of texts that are lists in JSON, where its schema has lists. */
export function readListTexts(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const types = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(types, {
      StringValue(node) {
        const type = types.getInputType();
        if (!type || !isListType(getNullableType(type))) return undefined;
        const list = listIn(node.value);
        return list && (astFromValue(list, type) ?? undefined);
      },
    }),
  );
}
