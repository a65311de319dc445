/** Ways through the Python package managers: those that write locks, and those that install lists. */
import type { ListingManager, LockingManager, PythonManagerDefinition } from './managers/python/definition.js';
import { PYTHON_MANAGERS, type PythonPackageManager } from './managers/python/index.js';
import { entriesOf } from './registry.js';

/** A definition with its name in the registry. */
export type Named<D> = D & { readonly name: PythonPackageManager };

let managers: readonly Named<PythonManagerDefinition>[] | undefined;

/** Every manager, in the order in which messages list them; asked for each file that declares dependencies. */
export function pythonManagers(): readonly Named<PythonManagerDefinition>[] {
  managers ??= entriesOf(PYTHON_MANAGERS).map(([name, definition]) => ({ ...definition, name }));
  return managers;
}

/** Those that write a lock, in the order in which their files are looked for. */
export function lockingManagers(): readonly Named<LockingManager>[] {
  return pythonManagers().flatMap(manager => (manager.pins === 'lock' ? [manager] : []));
}

/** Those of a manifest, with the ones to take up first. */
export function lockingFor(manifest: LockingManager['manifest']): readonly Named<LockingManager>[] {
  return lockingManagers()
    .filter(manager => manager.manifest === manifest)
    .sort((a, b) => Number(b.suggested ?? false) - Number(a.suggested ?? false));
}

/** Files in which projects declare their dependencies to those managers. */
export function manifestNames(): readonly LockingManager['manifest'][] {
  return [...new Set(lockingManagers().map(({ manifest }) => manifest))];
}

/** The manager that installs requirements files. */
export function listingManager(): Named<ListingManager> {
  return pythonManagers().find(manager => manager.pins === 'requirements')!;
}
