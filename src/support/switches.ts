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
