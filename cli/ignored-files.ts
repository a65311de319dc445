/** Files that git tracks although a .gitignore names them: only git knows that they belong to the source. */
import { execFileSync } from 'node:child_process';

/**
 * Lists them for the top directory of a repository, relative to it; none when git is not there to be asked. They are left
 * out like all that .gitignore names, which a person has to be told: `lib/` in one made for Python is the usual case.
 */
export function trackedIgnoredFiles(directory: string): readonly string[] {
  try {
    // A repository of another user is only read here.
    const words = ['-c', 'safe.directory=*', '-C', directory, 'ls-files', '-z', '--cached', '--ignored'];
    const output = execFileSync('git', [...words, '--exclude-per-directory=.gitignore'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split('\0').filter(path => path !== '');
  } catch {
    return [];
  }
}
