/** Errors that reach the client with extensions, in the shape a Dagger engine gives them. */

/** A command and how it ended. */
export interface EndedCommand {
  readonly cmd: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that ended otherwise than expected. The TypeScript client turns it into its ExecError. */
export class ExecFailure extends Error {
  readonly extensions: EndedCommand & { readonly _type: 'EXEC_ERROR' };
  /** @param what the command was, as the message begins */
  constructor({ cmd, exitCode, stdout, stderr }: EndedCommand, what = 'process') {
    super(`${what} ${JSON.stringify(cmd.join(' '))} did not complete successfully: exit code: ${exitCode}`);
    this.name = 'ExecFailure';
    this.extensions = { _type: 'EXEC_ERROR', cmd, exitCode, stdout, stderr };
  }
}

const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** What the client is told of an error of the file system: that the machine failed when it has no room left. */
export function machineExtensions(error: unknown): InfrastructureError['extensions'] | undefined {
  const full = error instanceof Error && noRoom.has((error as NodeJS.ErrnoException).code);
  return full ? { _type: 'INFRASTRUCTURE' } : undefined;
}

/** The lines that say what went wrong: those that a tool marks as errors, else the last ones. */
export function tellingLines(output: string, most = 6): string {
  const lines = output.trimEnd().split('\n');
  const errors = lines.filter(line => /^\s*(?:E:|Err:|error\b|ERROR\b|fatal\b|npm (?:ERR!|error))/.test(line));
  const telling = [...new Set(errors.length > 0 ? errors : lines)].slice(-most).map(line => line.trim().slice(0, 300));
  return telling.length > 1 ? telling.map(line => `\n    ${line}`).join('') : telling.join('');
}

/** How tools say that they did not get through to a host: apt, those that stand on Node, those that stand on urllib3. */
const NOT_REACHED: readonly RegExp[] = [
  /Temporary failure resolving '([^']+)'/g,
  /(?:Could not connect to|Unable to connect to|Cannot initiate the connection to) ([^\s:]+)/g,
  /getaddrinfo EAI_AGAIN ([^\s:]+)/g,
  /connect E(?:CONNREFUSED|NETUNREACH|HOSTUNREACH|TIMEDOUT) ([^\s:]+)/g,
  /ConnectionPool\(host='([^']+)'.*(?:NewConnectionError|NameResolutionError|ConnectTimeout)/g,
];

/**
 * Why nothing was got: in one sentence where the network did not lead there, which is nobody's file to change, else in the tool's own lines.
 * @param output what the tool printed
 * @param silence who did not answer it, if it was ended for that
 */
export function whyNotFetched(output: string, silence?: string): string {
  const hosts = NOT_REACHED.flatMap(pattern => [...output.matchAll(pattern)].map(([, host = '']) => host));
  const silent = silence ?? /^E: (no answer from .* within \d+ s)$/m.exec(output)?.[1];
  const said = silent ?? (hosts.length > 0 && `nothing leads to ${[...new Set(hosts)].join(', ')}`);
  return said ? `the network failed: ${said}. A retry may help` : tellingLines(output);
}

/** The machine or the network failed, not the user's work: trying again may help. */
export class InfrastructureError extends Error {
  readonly extensions = { _type: 'INFRASTRUCTURE' } as const;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InfrastructureError';
  }
}

/** The files that were given cannot be worked with as they are: whoever gave them can change that. */
export class SourceError extends Error {
  readonly extensions = { _type: 'SOURCE' } as const;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceError';
  }
}

/** The machine lacks what its owner has to install or switch on: trying again does not help. */
export class SetupError extends Error {
  readonly extensions = { _type: 'SETUP' } as const;
  override readonly name = 'SetupError';
}

/** What was asked for, or how, cannot be done at all: whoever asked can change that. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
