import { expect, it } from 'vitest';
import { recent } from '../../../engine/server/recent.js';

it('remembers what fits, forgets what was not asked for longest, and keeps no failure', () => {
  const made: string[] = [];
  const get = recent((text: string) => {
    made.push(text);
    if (text.startsWith('bad')) throw new Error(text);
    return text.toUpperCase();
  }, 10);
  const ask = (...texts: string[]) => texts.map(get);
  expect(ask('aaaa', 'bbbb', 'aaaa')).toEqual(['AAAA', 'BBBB', 'AAAA']);
  ask('cccc');
  expect(made).toEqual(['aaaa', 'bbbb', 'cccc']);
  ask('aaaa', 'cccc', 'bbbb');
  expect(made).toEqual(['aaaa', 'bbbb', 'cccc', 'bbbb']);
  expect(ask('longer than all')).toEqual(['LONGER THAN ALL']);
  expect(() => get('bad')).toThrow('bad');
  expect(() => get('bad')).toThrow('bad');
  made.length = 0;
  ask('longer than all', 'x', 'x');
  expect(made).toEqual(['longer than all', 'x']);
});
