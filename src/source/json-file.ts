/** JSON files, with the lines on which things stand. */
import { evaluate, type MemberNode, parse, type ValueNode } from '@humanwhocodes/momoa';

/** The data of a JSON file that may have comments and commas at the end, as tools allow in their own files; undefined when it cannot be read. */
export function readLooseJson(text: string): unknown {
  try {
    return evaluate(parseLoose(text));
  } catch {
    return undefined;
  }
}

/**
 * The line of the member that a path of keys leads to, such as `engines`, `node`; undefined when there is none. Of keys given
 * twice the last counts, as for whoever reads the file.
 */
export function jsonLine(text: string, ...keys: readonly string[]): number | undefined {
  let member: MemberNode | undefined;
  try {
    let value: ValueNode = parseLoose(text).body;
    for (const key of keys) {
      if (value.type !== 'Object') return undefined;
      member = value.members.findLast(({ name }) => (name.type === 'String' ? name.value : name.name) === key);
      if (member === undefined) return undefined;
      value = member.value;
    }
  } catch {
    return undefined;
  }
  return member?.name.loc.start.line;
}

/** A parsed value as an object of unknown values; empty when it is none. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function parseLoose(text: string) {
  return parse(text, { mode: 'jsonc', allowTrailingCommas: true });
}
