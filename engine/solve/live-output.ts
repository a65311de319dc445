/** Tells whoever watches what a step prints while it runs: whole lines, some at a time, without secrets. */
import type { EngineContext } from './context.js';

export interface LiveOutput {
  /** Takes what came next. */
  take(chunk: string): void;
  /** Tells of the last of it. */
  end(): void;
}

/** Milliseconds between two events. */
const pause = 250;
/** Lines of one event: nobody reads more at once, and whoever keeps a log would have no other. */
const mostLines = 50;
const longestLine = 2000;
/** A progress bar never ends its line. */
const mostHeld = 64 * 1024;

/** Opens the live output of a step. */
export function liveOutput({ emit, secrets }: Pick<EngineContext, 'emit' | 'secrets'>, id: string): LiveOutput {
  let held = '';
  let shown = '';
  let timer: NodeJS.Timeout | undefined;
  const cut = (line: string): string => line.slice(0, longestLine);

  const tell = (): void => {
    timer = undefined;
    const at = held.lastIndexOf('\n') + 1;
    const [whole, rest] = [held.slice(0, at), held.slice(-mostHeld)];
    const lines = at === 0 ? [] : secrets.scrubLines(whole).slice(0, -1).split('\n');
    held = held.slice(at).slice(-mostHeld);
    // Half of a line may be half of a secret: it is told when nothing was added to it for a while.
    const settled = at === 0 && rest === shown ? cut(secrets.scrubLines(rest)) : '';
    const isNew = at > 0 || (settled !== '' && rest === shown);
    shown = held;
    if (isNew)
      emit({
        kind: 'output',
        id,
        lines: lines.slice(-mostLines).map(cut),
        omitted: Math.max(0, lines.length - mostLines),
        rest: settled,
      });
    if (held !== '' && settled === '') timer = setTimeout(tell, pause).unref();
  };
  return {
    take(chunk) {
      held += chunk;
      timer ??= setTimeout(tell, pause).unref();
    },
    end() {
      clearTimeout(timer);
      if (held !== '' && !held.endsWith('\n')) held += '\n';
      if (held !== '') tell();
      clearTimeout(timer);
    },
  };
}
