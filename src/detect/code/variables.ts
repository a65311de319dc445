/** The variables that the code reads, each once, for whoever has to set them. */
import { defined } from '../../source/defined.js';
import type { AppVariable } from '../facts.js';
import type { EnvRead } from './env-read.js';

/** Gathers reads by name, in the order of names: one read without a default makes a variable required. */
export function variablesOf(reads: readonly EnvRead[]): readonly AppVariable[] {
  const names = [...new Set(reads.map(({ name }) => name))].sort();
  return names.map(name => {
    const own = reads.filter(read => read.name === name);
    const places = own.map(({ path, line }) => ({ file: path, line }));
    return defined({
      name,
      fallback: own.find(({ fallback }) => fallback !== undefined)?.fallback,
      off: own.find(({ off }) => off !== undefined)?.off,
      required: own.some(({ required }) => required),
      places: places.filter(
        ({ file, line }, at) => places.findIndex(other => other.file === file && other.line === line) === at,
      ),
    });
  });
}
