/** Patterns matched without going back: in a time that grows with pattern and path, not with all the ways to spread one over the other. */

/** What takes one character of a path, or none. */
type Step =
  /** One character that fits. */
  | { readonly kind: 'one'; readonly fits: (char: string) => boolean }
  /** Any number of characters that fit. */
  | { readonly kind: 'many'; readonly fits: (char: string) => boolean }
  /** Nothing, or anything that ends in a slash. */
  | { readonly kind: 'directories' };

const anything = (): boolean => true;
const inName = (char: string): boolean => char !== '/';
const exactly =
  (wanted: string) =>
  (char: string): boolean =>
    char === wanted;

/** The end of a class such as `[^a-z]`, whose syntax was checked. */
function classEnd(pattern: string, start: number): number {
  let at = start + (pattern[start + 1] === '^' ? 3 : 2);
  while (pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at;
}

function stepsOf(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern[i]!;
    if (char === '*' && pattern[i + 1] === '*') {
      i += pattern[i + 2] === '/' ? 2 : 1;
      steps.push(i === pattern.length - 1 ? { kind: 'many', fits: anything } : { kind: 'directories' });
    } else if (char === '*') steps.push({ kind: 'many', fits: inName });
    else if (char === '?') steps.push({ kind: 'one', fits: inName });
    else if (char === '[') {
      const end = classEnd(pattern, i);
      const expression = new RegExp(`^${pattern.slice(i, end + 1)}$`, 's');
      steps.push({ kind: 'one', fits: c => expression.test(c) });
      i = end;
    } else {
      if (char === '\\') i += 1;
      steps.push({ kind: 'one', fits: exactly(pattern[i]!) });
    }
  }
  return steps;
}

/** Makes the test whether a path matches all of a pattern whose syntax was checked. */
export function steppedMatcher(pattern: string): (path: string) => boolean {
  const steps = stepsOf(pattern);
  /** Adds a place between steps, and those that are reached from it without a character. */
  const reach = (places: Set<number>, place: number): void => {
    for (let at = place; !places.has(at); at += 1) {
      places.add(at);
      if ((steps[at]?.kind ?? 'one') === 'one') return;
    }
  };
  return path => {
    let places = new Set<number>();
    // Within directories that have begun, the way on is only behind a slash.
    let begun = new Set<number>();
    reach(places, 0);
    for (let i = 0; i < path.length && places.size + begun.size > 0; i += 1) {
      const char = path[i]!;
      const next = new Set<number>();
      const open = new Set(begun);
      for (const place of places) {
        const step = steps[place];
        if (step?.kind === 'directories') open.add(place);
        else if (step?.fits(char) === true) reach(next, step.kind === 'one' ? place + 1 : place);
      }
      if (char === '/') for (const place of open) reach(next, place + 1);
      [places, begun] = [next, open];
    }
    return places.has(steps.length);
  };
}
