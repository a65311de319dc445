/** How much one request may ask for: what is beyond would keep everyone else waiting, and an end of the session too. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';

/** About a second of checking. A chain of a thousand calls has a tenth of it. */
const mostTokens = 200_000;
/** The parser calls itself for each level, and bears little more. */
const deepest = 2000;
/** Fields of one name beside each other are compared each with each. */
const mostRepeated = 1000;
/** Fields with all fragments written out: a few lines can stand for billions. */
const mostFields = 200_000;

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

const tooMuch = (what: string, most: number): GraphQLError =>
  new GraphQLError(`the query has more than ${most} ${what}: ask for less at once, in several queries`);

/** Looks at a query's words alone. @throws GraphQLError when there are too many, or too many levels of them */
export function checkText(query: string): void {
  const lexer = new Lexer(new Source(query));
  let depth = 0;
  for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF; tokens += 1) {
    if (tokens >= mostTokens) throw tooMuch('words', mostTokens);
    if (opening.has(lexer.token.kind)) depth += 1;
    if (closing.has(lexer.token.kind)) depth -= 1;
    if (depth > deepest) throw tooMuch('levels', deepest);
  }
}

/** The fields of a selection, those of fragments without a name among them, and the names of the other fragments. */
function flat({ selections }: SelectionSetNode): { readonly fields: FieldNode[]; readonly spreads: string[] } {
  const fields: FieldNode[] = [];
  const spreads: string[] = [];
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) fields.push(selection);
    else if (selection.kind === Kind.FRAGMENT_SPREAD) spreads.push(selection.name.value);
    else {
      const inner = flat(selection.selectionSet);
      for (const field of inner.fields) fields.push(field);
      for (const spread of inner.spreads) spreads.push(spread);
    }
  }
  return { fields, spreads };
}

/** Looks at what a query comes to. @throws GraphQLError when that is too much */
export function checkDocument(document: DocumentNode): void {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map(fragment => [fragment.name.value, fragment]),
  );
  const known = new Map<string, number>();
  let repeated = 0;
  const sizeOfFragment = (name: string): number => {
    const size = known.get(name);
    if (size !== undefined) return size;
    // One that contains itself is for the validation to refuse.
    known.set(name, 0);
    const fragment = fragments.get(name);
    known.set(name, fragment === undefined ? 0 : sizeOf(fragment.selectionSet));
    return known.get(name)!;
  };
  const sizeOf = (selection: SelectionSetNode): number => {
    const { fields, spreads } = flat(selection);
    repeated += fields.length - new Set(fields.map(({ alias, name }) => (alias ?? name).value)).size;
    const ofFields = fields.reduce((sum, field) => sum + 1 + (field.selectionSet ? sizeOf(field.selectionSet) : 0), 0);
    return spreads.reduce((sum, name) => sum + sizeOfFragment(name), ofFields);
  };
  const size = document.definitions.reduce((sum, definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      return sum + (sizeOfFragment(definition.name.value) > mostFields ? Infinity : 0);
    return definition.kind === Kind.OPERATION_DEFINITION ? sum + sizeOf(definition.selectionSet) : sum;
  }, 0);
  if (size > mostFields) throw tooMuch('fields with its fragments written out', mostFields);
  if (repeated > mostRepeated) throw tooMuch('fields that are there several times', mostRepeated);
}
