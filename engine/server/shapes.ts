/** Queries that are alike but for their texts. */
import type { DocumentNode, GraphQLError } from 'graphql';

/** Of a longer query all that was made of it is remembered. */
export const longestShape = 4000;
/** How many queries that differ in more than their texts are remembered to be right. */
const mostShapes = 2000;

/** A query without its texts; undefined where these cannot be told from the rest at a glance: texts of several lines, comments. */
function shapeOf(query: string): string | undefined {
  if (query.length > longestShape || query.includes('"""')) return undefined;
  const shape = query.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""');
  return shape.includes('#') ? undefined : shape;
}

/**
 * Validates a query unless one that differs from it in its texts alone was right: a source is read by a question a file, and to validate each
 * takes longer than to answer it. What a text has to be like is looked at again when the query is carried out.
 */
export function validShapes(
  validated: (document: DocumentNode) => readonly GraphQLError[],
): (query: string, document: DocumentNode) => readonly GraphQLError[] {
  const right = new Set<string>();
  return (query, document) => {
    const shape = shapeOf(query);
    if (shape !== undefined && right.has(shape)) return [];
    const errors = validated(document);
    if (errors.length === 0 && shape !== undefined) {
      if (right.size >= mostShapes) right.clear();
      right.add(shape);
    }
    return errors;
  };
}
