/** Statements about images: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */

/** What a statement in an envelope is called. */
export const IN_TOTO = 'application/vnd.in-toto+json';

/** What a statement is about. */
export interface StatementSubject {
  readonly name: string;
  /** By the algorithm, without it: `{ sha256: 'abc…' }`. */
  readonly digest: Readonly<Record<string, string>>;
}

export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly StatementSubject[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** A digest as statements have it. */
export function digestSet(digest: string): Readonly<Record<string, string>> {
  const [algorithm, hex] = digest.split(':');
  return { [algorithm!]: hex! };
}

/** A statement as text. Same input, same bytes. */
export function statementText(statement: Statement): string {
  return JSON.stringify(statement);
}

const PREDICATES = { cyclonedx: 'https://cyclonedx.org/bom', spdx: 'https://spdx.dev/Document' } as const;

/** The statement that an image consists of what a list says. */
export function sbomStatement(
  subject: readonly StatementSubject[],
  format: keyof typeof PREDICATES,
  text: string,
): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: PREDICATES[format],
    predicate: JSON.parse(text),
  };
}
