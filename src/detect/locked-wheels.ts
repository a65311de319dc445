/** Which Pythons the packages of a lock file come built for. */

/** Name, Python tag, ABI tag and platform of a wheel, as lock files name its file. */
const WHEEL = /([A-Za-z0-9_.]+)-[^-/"\s]+(?:-\d\w*)?-([a-z0-9.]+)-([a-z0-9_.]+)-([a-z0-9_.]+)\.whl/g;

/**
 * How many packages of a lock, which have wheels for Linux, have none for a minor version of Python such as `3.13`: each
 * of them has to be compiled, if it can be.
 */
export function withoutWheels(lock: string, minor: string): number {
  const fits = new Map<string, boolean>();
  for (const [, name = '', python = '', abi = '', platform = ''] of lock.matchAll(WHEEL)) {
    if (!/^any$|manylinux.*x86_64|linux_x86_64/.test(platform)) continue;
    fits.set(name, fits.get(name) === true || runsOn(python, abi, minor));
  }
  return [...fits.values()].filter(isThere => !isThere).length;
}

function runsOn(python: string, abi: string, minor: string): boolean {
  const [, wanted] = minor.split('.').map(Number);
  return python.split('.').some(tag => {
    const [, version] = /^cp3(\d+)$/.exec(tag) ?? [];
    if (version === undefined) return /^py3/.test(tag);
    return Number(version) === wanted || (abi === 'abi3' && Number(version) <= wanted!);
  });
}
