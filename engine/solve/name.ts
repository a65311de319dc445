/** What a person reads for an operation. */
import type { Op } from '../objects/op.js';

const longest = 100;

/** Names an operation that takes time; undefined for those that do not deserve a line. */
export function stepName(op: Op): string | undefined {
  switch (op.kind) {
    case 'exec': {
      const line = op.args.join(' ').replace(/\s+/g, ' ');
      return `exec ${line.length > longest ? `${line.slice(0, longest - 1)}…` : line}`;
    }
    case 'bootstrap':
      return `mmdebstrap ${op.suite}`;
    case 'npm':
      return `npm package ${op.package}@${op.version}`;
    default:
      return undefined;
  }
}
