/** Which exit code an error ends in. */

/** What a caller or a script may rely on. 75 is EX_TEMPFAIL of sysexits: trying again may help. */
export const EXIT = { ok: 0, failed: 1, usage: 2, temporary: 75, interrupted: 130, terminated: 143 } as const;

/** The caller asked for something that cannot be done as asked; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was served ended by itself: the app failed. */
export class ServiceEndedError extends Error {
  override readonly name = 'ServiceEndedError';
}

/** The machine or the network failed. */
export class InfrastructureError extends Error {
  override readonly name = 'InfrastructureError';
}

/** A signal ended the work. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly signal: 'SIGINT' | 'SIGTERM';
  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

const CODE_BY_NAME: Readonly<Record<string, number>> = {
  TestFailure: EXIT.failed,
  ServiceEndedError: EXIT.failed,
  DiagnosticError: EXIT.usage,
  UsageError: EXIT.usage,
  CommanderError: EXIT.usage,
  InfrastructureError: EXIT.temporary,
  // What the client throws when nothing listens on the session's port any more.
  NotAwaitedRequestError: EXIT.temporary,
};

/**
 * Takes whatever was thrown and returns the exit code: the outermost error in the chain of causes that says something decides.
 * Default: 1.
 */
export function exitCodeOf(error: unknown): number {
  for (const link of causes(error)) {
    if (link instanceof InterruptedError) return link.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    const extensions = (link as { extensions?: { _type?: unknown } }).extensions;
    if (extensions?._type === 'INFRASTRUCTURE') return EXIT.temporary;
    if (extensions?._type === 'SOURCE' || extensions?._type === 'SETUP') return EXIT.usage;
    if (extensions?._type === 'EXEC_ERROR') return EXIT.failed;
    if (isRunDiagnostic(link)) return EXIT.failed;
    if (isOutOfRoom(link)) return EXIT.temporary;
    const code = CODE_BY_NAME[link.name];
    if (code !== undefined) return code;
  }
  return EXIT.failed;
}

/** Whether the file system has no room left. */
export function isOutOfRoom(error: unknown): boolean {
  return error instanceof Error && ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** The document that a function was asked for and ended in an error with; it is printed as a result is. */
export function documentOf(error: unknown): string | undefined {
  const documents = causes(error).map(link => (link as { document?: unknown }).document);
  return documents.find(document => typeof document === 'string');
}

/** What people are told beside that document. */
export function besideOf(error: unknown): string | undefined {
  const told = causes(error).map(link => (link as { beside?: unknown }).beside);
  return told.find(text => typeof text === 'string');
}

/** Whether the app was built and then failed, in its tests or before them: then there are reports to save. */
export function leavesReports(error: unknown): boolean {
  return causes(error).some(link => link.name === 'TestFailure' || isRunDiagnostic(link));
}

/**
 * Diagnostics 7xx are about the run: a migration, a service or the app itself failed in its container. That is the app failing, as
 * with a test, and nothing about how Quayside was called.
 */
function isRunDiagnostic(error: Error): boolean {
  const { diagnostics } = error as { diagnostics?: unknown };
  return Array.isArray(diagnostics) && diagnostics.length > 0 && diagnostics.every(({ code }) => /^QS7/.test(code));
}

/** Whether the caller can do something about it, so that a stack trace would only hide the message. */
export function isExpected(error: unknown): boolean {
  return causes(error).some(
    link =>
      link instanceof InterruptedError ||
      link.name in CODE_BY_NAME ||
      isOutOfRoom(link) ||
      (link as { extensions?: unknown }).extensions !== undefined,
  );
}

/** Takes whatever was thrown and returns the error and its causes, outermost first. */
function causes(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && !chain.includes(link); link = link.cause) chain.push(link);
  return chain;
}
