/** Which directories and files are named to pytest. */
import type { PythonModule } from '../code/module.js';

/** The widest directories that hold tests; where browser tests lie below one, its parts without them. */
export function topDirectories(files: readonly PythonModule[], browserFiles: readonly PythonModule[]): string[] {
  const result = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    let depth = 1;
    const isShared = (directory: string) => browserFiles.some(file => file.path.startsWith(`${directory}/`));
    const isDirectlyIn = (directory: string) =>
      files.some(file => file.path.slice(0, file.path.lastIndexOf('/')) === directory);
    while (depth < parts.length) {
      const directory = parts.slice(0, depth).join('/');
      if (!isShared(directory) || isDirectlyIn(directory)) break;
      depth++;
    }
    result.add(parts.length === 0 ? path : parts.slice(0, depth).join('/'));
  }
  return [...result].sort();
}

/** Options that keep browser tests out where they lie among the others. */
export function ignored(files: readonly PythonModule[], browserFiles: readonly PythonModule[]): string[] {
  const directories = topDirectories(files, browserFiles);
  const inside = browserFiles.filter(({ path }) => directories.some(directory => path.startsWith(`${directory}/`)));
  return browserTargets(inside, files).map(path => `--ignore=${path}`);
}

/** Directories that hold browser tests only, and single files where others lie beside them. */
export function browserTargets(browserFiles: readonly PythonModule[], otherFiles: readonly PythonModule[]): string[] {
  const targets = browserFiles.map(({ path }) => {
    const directory = path.split('/').slice(0, -1).join('/');
    const isOwn = directory !== '' && !otherFiles.some(file => file.path.startsWith(`${directory}/`));
    return isOwn ? directory : path;
  });
  const unique = [...new Set(targets)].sort();
  return unique.filter(path => !unique.some(other => path.startsWith(`${other}/`)));
}
