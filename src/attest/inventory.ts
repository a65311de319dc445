/** What an image consists of, as `docker/inventory.py` finds it there. */

/** A package of Debian's or Alpine's package manager. */
export interface SystemPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly source?: string;
  readonly sourceVersion?: string;
  readonly maintainer?: string;
  readonly homepage?: string;
  /** As its own distribution writes them. */
  readonly licences?: readonly string[];
  /** Of the list of its files, which has a hash of each. */
  readonly sha256?: string;
  /** The file that says that it is there. */
  readonly proof: string;
}

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** An expression of SPDX's licences. */
  readonly expression?: string;
  /** What stands in its field of old, which may be anything. */
  readonly licence?: string;
  /** `License :: OSI Approved :: …` */
  readonly classifiers?: readonly string[];
  /** Where it was installed from, when that is no package index. */
  readonly url?: string;
  readonly commit?: string;
  /** SHA-256 of the archive that it was installed from. */
  readonly archive?: string;
  /** Of the list of its files. */
  readonly sha256?: string;
  /** Name of the package that carries it inside of itself; absent: it is installed. */
  readonly within?: string;
  readonly proof: string;
}

export interface NodePackage {
  readonly name: string;
  readonly version: string;
  readonly licences?: readonly string[];
  readonly proof: string;
}

export interface ImageInventory {
  /** The distribution, by its os-release; empty where there is none. */
  readonly release: { readonly id?: string; readonly version?: string; readonly title?: string };
  readonly debian: readonly SystemPackage[];
  readonly alpine: readonly SystemPackage[];
  readonly python: readonly PythonPackage[];
  readonly node: readonly NodePackage[];
  /** Python or Node themselves, where no package manager brought them. */
  readonly runtimes: readonly { readonly name: string; readonly version: string; readonly proof: string }[];
  /** Packages that were installed where something in the image was built, in the order in which those places were named. */
  readonly built: readonly (readonly NodePackage[])[];
}

/** Reads what `docker/inventory.py` wrote; throws on anything that is no JSON. */
export function parseInventory(text: string): ImageInventory {
  return JSON.parse(text) as ImageInventory;
}

/** A Node package as a lock file has it. */
export interface LockedPart {
  readonly name: string;
  readonly version: string;
  readonly integrity?: string;
  readonly url?: string;
  readonly licence?: string;
  readonly dev?: true;
  readonly optional?: true;
}

/** A lock file from which something in the image was built. */
export interface BuiltFrom {
  /** In the source. */
  readonly path: string;
  readonly packages: readonly LockedPart[];
  /** What of it was installed there, by node_modules; none: nothing says so. */
  readonly installed: readonly NodePackage[];
}
