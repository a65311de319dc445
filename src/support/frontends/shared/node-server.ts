import type { Step } from '../../../plan/types.js';

/** Takes something from the stage that a frontend is built in. */
export function copyFrom(stage: string): (path: string, to: string) => Step {
  return (path, to) => ({ kind: 'copy', from: { kind: 'stage', stage, path }, to });
}

/** Asks whether its server answers, with what its image has: Node. */
export function askedByNode(port: number): readonly string[] {
  const url = `http://127.0.0.1:${port}/`;
  return ['node', '-e', `fetch("${url}").then(r => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))`];
}
