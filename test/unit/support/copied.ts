/** What of a source comes into a stage, by the rules that engines copy with. */
import { anyMatches, compilePatterns } from '../../../engine/objects/patterns.js';
import type { CopySource, Plan } from '../../../src/plan/types.js';
import { stageOf, stepsOf } from './steps.js';

/** Those of the paths that a stage has from the source, by copies of its own or of the stages that it starts from. */
export function copiedFrom(plan: Plan, id: string, paths: readonly string[]): readonly string[] {
  const copies = stepsOf(plan, id, 'copy').map(({ from }) => from);
  const { base } = stageOf(plan, id);
  const inherited = base.kind === 'stage' ? copiedFrom(plan, base.stage, paths) : [];
  const counted = paths.filter(path => !anyMatches(compilePatterns(plan.source.exclude), path));
  return paths.filter(
    path => inherited.includes(path) || (counted.includes(path) && copies.some(from => brings(from, path))),
  );
}

function brings(from: CopySource, path: string): boolean {
  if (from.kind !== 'source') return false;
  const { path: root, include = [], exclude = [] } = from;
  if (path === root) return true;
  const prefix = root === '' ? '' : `${root}/`;
  if (!path.startsWith(prefix)) return false;
  const inside = path.slice(prefix.length);
  const isIncluded = include.length === 0 || anyMatches(compilePatterns(include), inside);
  return isIncluded && !anyMatches(compilePatterns(exclude), inside);
}
