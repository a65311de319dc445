/** Images by the names that people know them by, as archives: from their registries, or the local engine's stand-ins where none answers. */
import { quayside } from '../e2e/support/quayside.js';
import { ROOT } from '../engine/cli/quayside-process.js';

export interface WantedImage {
  /** `python:3.11-slim`, `docker.io/nginxinc/nginx-unprivileged:1.26`. */
  readonly reference: string;
  /** File that the archive is written to. Docker, Podman and skopeo read it; no name is in it. */
  readonly path: string;
}

const EXPORT = `
import { connection, dag } from '@dagger.io/dagger';
const wanted = JSON.parse(process.argv[1]);
await connection(() => Promise.all(wanted.map(({ reference, path }) => dag.container().from(reference).export(path))));
`;

/** Writes images' archives. One call for all that is wanted costs a session less than several. */
export async function exportImages(wanted: readonly WantedImage[]): Promise<void> {
  const args = ['run', '--', 'node', '--input-type=module', '-e', EXPORT, JSON.stringify(wanted)];
  const { code, stderr } = await quayside(args, { cwd: ROOT });
  if (code !== 0) throw new Error(`images cannot be exported (${code}):\n${stderr}`);
}
