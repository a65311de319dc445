/** What somebody else chose is no command of the CI system that reads the log. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { withoutCommands } from '../../../cli/log-commands.js';
import { run } from '../../../cli/run.js';

/** As GitHub's runner reads a line: its newer commands, and its older ones. */
const isObeyed = (text: string): boolean =>
  text.split(/\r\n|\n|\r/).some(line => line.trimStart().startsWith('::') || /##\[(?:set-output|error)\b/.test(line)) ||
  /##(?:vso|teamcity)\[/i.test(text);

describe('a line of a log', () => {
  it.each([
    '::set-output name=x::y',
    'error: a\n::error::y',
    'a\r::add-mask::y',
    'a\r\n  \t::stop-commands::y',
    '\u00a0::group::y',
    'a ##[set-output name=x]y',
    'a ##vso[task.setvariable variable=PATH]y',
    '##VSO[task.complete]',
    "##teamcity[testFailed name='x']",
  ])('is no command: %j', line => {
    expect(isObeyed(line)).toBe(true);
    const written = withoutCommands(line);
    expect(isObeyed(written)).toBe(false);
    expect(written.replaceAll('\u200b', '')).toBe(line);
  });

  it.each(['tests/test_app.py::test_it PASSED', 'http://[::1]:80', '${name##[a-z]*}', '## [1.0] ##', 'a :: b'])(
    'that is none stays as it is: %j',
    line => {
      expect(withoutCommands(line)).toBe(line);
    },
  );
});

describe('the command line', () => {
  const written = async (argv: readonly string[], env: NodeJS.ProcessEnv) => {
    let text = '';
    const write = (more: string) => {
      text += more;
    };
    const { signal } = new AbortController();
    await run(argv, { stdin: Readable.from([]), stdout: { write }, stderr: { write }, env, cwd: '/', signal });
    return text;
  };
  const hostile = '\n::set-output name=x::y';

  it.each([
    ['an option', [`--no-such${hostile}`]],
    ['a directory', ['explain', `--source=/no-such${hostile}`]],
  ])('does not begin one with %s', async (_, argv) => {
    expect(isObeyed(await written(argv, { GITHUB_ACTIONS: 'true' }))).toBe(false);
    // Elsewhere nobody obeys it, and what is copied out of a terminal is as it was.
    expect(await written(argv, {})).toContain(hostile);
  });
});
