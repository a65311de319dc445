/** Words for on and off. */

/** Pairs of them, on before off, of which code may know one pair alone. */
export const SWITCHES: readonly (readonly [on: string, off: string])[] = [
  ['True', 'False'],
  ['true', 'false'],
  ['TRUE', 'FALSE'],
  ['yes', 'no'],
  ['on', 'off'],
  ['1', '0'],
];

/** "On" in the words of a value that is one of them; undefined: it is none. */
export function onAs(value: string | undefined): string | undefined {
  return SWITCHES.find(words => words.some(word => word === value))?.[0];
}

/** "Off", likewise. */
export function offAs(value: string | undefined): string | undefined {
  return SWITCHES.find(words => words.some(word => word === value))?.[1];
}
