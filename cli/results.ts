/** Brings a function's result to whoever called: text to standard output, files to disk, a service to a port. */

import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { type Container, type Directory, type File, ImageMediaTypes, type Service } from '@dagger.io/dagger';
import { replaceFile } from '../engine/fs/replace-file.js';
import { ServiceEndedError, UsageError } from './exit-codes.js';
import { ASKED_FUNCTIONS, kebabCase, type ModuleFunction, SHOWN_FUNCTIONS } from './functions.js';
import { repositoryRoot, sourceDirectory } from './host-arguments.js';
import { IMAGE_FORMATS, type ImageFormat, type Invocation } from './invocation.js';
import { checkWritable } from './outputs.js';
import { joinsSource } from './repository.js';
import type { ResultContext } from './result-context.js';

type Call = Extract<Invocation, { kind: 'call' }>;

export type DeliveryContext = Pick<ResultContext, 'cwd' | 'interactive'>;

const TERMINAL_FUNCTION = 'shell';

/** The call with the place for its result, when nobody named one and it belongs into the source. */
export function withOutput(call: Call, cwd: string): Call {
  if (!SHOWN_FUNCTIONS.includes(call.function.name) || call.result.output !== undefined) return call;
  const { source } = call.constructorValues;
  return { ...call, result: { ...call.result, output: source === undefined ? repositoryRoot(cwd) : String(source) } };
}

/** What comes from the source and belongs there again. */
const SOURCE_RESULTS: readonly string[] = [...SHOWN_FUNCTIONS, 'format'];

/** What is to be known, before anything runs, of a result that can be delivered. */
export function remarkOnOutput({ function: fn, result, constructorValues }: Call, cwd: string): string | undefined {
  const source = sourceDirectory(constructorValues, cwd);
  const outputs = {
    '--reports': result.reports,
    '--output': SOURCE_RESULTS.includes(fn.name) ? undefined : result.output,
  };
  const inSource = Object.entries(outputs).filter(
    ([, path]) => path !== undefined && joinsSource(resolve(cwd, path), source),
  );
  if (inSource.length === 0) return undefined;
  const said = inSource.map(([flag, path]) => `${flag}=${path}`).join(' and ');
  return `${said} lies in the source and is not ignored by git: the next run takes it for part of the app. Name it in .gitignore`;
}

/** Checks before anything runs that the result can be delivered. Throws a UsageError that says which flag is missing, or what is wrong with its value. */
export async function checkDeliverable(call: Call, { cwd, interactive }: DeliveryContext): Promise<void> {
  const { returns, name } = call.function;
  const { output, reports } = call.result;
  if (reports !== undefined) checkWritable('--reports', resolve(cwd, reports), 'directory');
  const isDirectory = returns.kind === 'object' && returns.name === 'Directory';
  if (output !== undefined) checkWritable('--output', resolve(cwd, output), isDirectory ? 'directory' : 'file');
  if (returns.kind !== 'object') return;
  switch (returns.name) {
    case 'Container':
      if (call.result.output !== undefined) return;
      if (name !== TERMINAL_FUNCTION)
        throw new UsageError(`${kebabCase(name)} returns an image: say where to write it with --output=PATH`);
      if (!interactive) throw new UsageError(`${kebabCase(name)} needs a terminal on standard input`);
      return;
    case 'Directory':
    case 'File':
      if (ASKED_FUNCTIONS.includes(name) && !interactive && !call.result.yes && !call.result.check)
        throw new UsageError(
          `${kebabCase(name)} asks before it writes: --yes writes without asking, --check only compares`,
        );
      if (call.result.output === undefined) {
        throw new UsageError(
          `${kebabCase(name)} returns a ${returns.name.toLowerCase()}: say where to write it with --output=PATH`,
        );
      }
      return;
    case 'Service': {
      const port = servicePort(call);
      if (port !== undefined && !(await isFree(port)))
        throw new UsageError(`port ${port} is in use on this machine: choose another with --port`);
      return;
    }
    default:
      throw new UsageError(
        `${kebabCase(name)} returns a ${returns.name}, which this command line cannot show; use the Dagger CLI`,
      );
  }
}

/**
 * Where the text of a call goes: standard output, or the file that the caller names, whole and also when it is the document of a failure.
 * Undefined: standard output.
 */
export function textFile({ function: { returns }, result: { output } }: Call, cwd: string): string | undefined {
  return returns.kind === 'string' && output !== undefined ? resolve(cwd, output) : undefined;
}

/** Takes the result and delivers it; for a service that is until the session ends. */
export async function deliver(call: Call, result: unknown, context: ResultContext): Promise<void> {
  const { returns, name } = call.function;
  if (returns.kind === 'record') return deliverRecord(result, call.result.output, context);
  if (returns.kind !== 'object') {
    printValue(result, returns, context);
    return;
  }
  switch (returns.name) {
    case 'Container':
      if (call.result.output !== undefined) return saveImage(result as Container, call.result, context);
      return openTerminal(result as Container, context);
    case 'Directory':
      if (!SHOWN_FUNCTIONS.includes(name)) return save(result as Directory, call.result.output!, context);
      return (await import('./shown-files.js')).writeShown(
        result as Directory,
        ASKED_FUNCTIONS.includes(name)
          ? { ...call.result, overUnseen: call.values.force === true }
          : { ...call.result, yes: true, overUnseen: true },
        context,
      );
    case 'File':
      return save(result as File, call.result.output!, context);
    case 'Service':
      return serve(result as Service, servicePort(call), context).catch(async error => {
        throw (await import('../src/dagger/start-problem.js')).servedFailed(error);
      });
    default:
      throw new Error(`no way to deliver what ${name} returns`);
  }
}

/** Writes a Directory or File to a path of the host; what lies beside it there stays. */
export async function save(result: Directory | File, output: string, context: SaveContext): Promise<void> {
  await exportTo(output, context, path => result.export(path));
}

const MEDIA_TYPES: Readonly<Record<ImageFormat, ImageMediaTypes>> = {
  docker: ImageMediaTypes.Docker,
  oci: ImageMediaTypes.Oci,
};

/** Writes an image as an archive to a path of the host. */
async function saveImage(image: Container, { output, format }: Call['result'], context: SaveContext): Promise<void> {
  const mediaTypes = MEDIA_TYPES[format ?? IMAGE_FORMATS[0]];
  await exportTo(output!, context, path => image.export(path, { mediaTypes }));
}

/** An object as JSON: on standard output, or in a file of the host. */
async function deliverRecord(record: unknown, output: string | undefined, context: ResultContext): Promise<void> {
  const text = `${JSON.stringify(record, null, 2)}\n`;
  if (output === undefined) context.stdout.write(text);
  else await exportTo(output, context, path => replaceFile(path, beside => writeFile(beside, text)));
}

type SaveContext = Pick<ResultContext, 'cwd' | 'notice'>;

async function exportTo(
  output: string,
  { cwd, notice }: SaveContext,
  write: (path: string) => Promise<unknown>,
): Promise<void> {
  const path = resolve(cwd, output);
  mkdirSync(dirname(path), { recursive: true });
  await write(path);
  notice(`saved to ${path}`);
}

function printValue(result: unknown, returns: ModuleFunction['returns'], { stdout }: ResultContext): void {
  if (result === undefined || result === null || returns.kind === 'void') return;
  const text = Array.isArray(result) ? result.join('\n') : String(result);
  if (text !== '') stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

async function openTerminal(container: Container, { suspendProgress }: ResultContext): Promise<void> {
  const ready = await container.sync();
  suspendProgress();
  await ready.terminal().sync();
}

async function serve(service: Service, wanted: number | undefined, { stdout, notice }: ResultContext): Promise<void> {
  const backend = Number((await service.endpoint()).split(':').at(-1));
  const frontend = wanted ?? backend;
  let ended = false;
  const up = service.up({ ports: [{ frontend, backend }] }).finally(() => {
    ended = true;
  });
  const answered = (async () => {
    while (!ended && !(await answers(frontend))) await new Promise(next => setTimeout(next, 100));
  })();
  await Promise.race([up, answered]);
  if (!ended) {
    stdout.write(`http://localhost:${frontend}\n`);
    notice('serving until Ctrl-C');
  }
  await up;
  throw new ServiceEndedError('the app ended by itself');
}

/** The port that the caller wants: our own flag, or the function's argument of that name. */
function servicePort(call: Call): number | undefined {
  const given =
    call.result.port ?? call.values.port ?? call.function.arguments.find(argument => argument.name === 'port')?.default;
  return given === undefined ? undefined : Number(given);
}

function answers(port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.end(() => done(true))).once('error', () => done(false));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise(done => {
    const server = createServer();
    server.once('error', () => done(false)).listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
