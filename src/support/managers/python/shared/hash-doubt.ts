/** Lock files that record a hash of what they were made of. */
import type { Place } from '../../../../diagnostics/place.js';
import type { TomlFile } from '../../../../source/toml-file.js';
import type { LockDoubt, LockedManifest } from '../definition.js';

/** Where a lock keeps its hash, and whether that is the hash of a manifest. */
interface RecordedHash {
  /** As people know it: `content-hash`. */
  readonly name: string;
  isOf(manifest: TomlFile): boolean;
  place(): Place;
}

/** The doubt about a lock whose hash is not that of one of the manifests; undefined when it is that of all. */
export function hashDoubt(manifests: readonly LockedManifest[], hash: RecordedHash): LockDoubt | undefined {
  const stale = manifests.find(({ file }) => !hash.isOf(file));
  return (
    stale && {
      reason: `written for another ${stale.file.path}: its ${hash.name} does not match`,
      place: hash.place(),
    }
  );
}
