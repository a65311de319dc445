/** Logs in which a CI system obeys lines that are written in its own language: what an app, its tests or its files say is never one of those. */
import type { CommandLineIo } from './run.js';

/** Variables that say that such a system reads along: GitHub's runner and those like it, Azure's, TeamCity. */
const READERS = ['GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'];

/** `::set-output name=a::b` begins a line, but for white space: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs */
const AT_START = /(^|[\n\r])(\s*):(?=:)/g;

/** Its older form, Azure's and TeamCity's may stand anywhere in a line. Each has names, for a shell's `${x##[a-z]}` is none. */
const ANYWHERE =
  /#(?=#(?:vso\[|teamcity\[|\[(?:add-mask|add-matcher|add-path|command|debug|echo|end-?group|error|group|internal-set-repo-path|notice|remove-matcher|save-state|section|set-env|set-output|stop-commands|warning)\b))/gi;

/** Nobody sees it, and it is no white space. */
const MARK = '\u200b';

/** Text with a mark in each of its lines that would be obeyed. */
export function withoutCommands(text: string): string {
  return text.replaceAll(AT_START, `$1$2:${MARK}`).replaceAll(ANYWHERE, `#${MARK}`);
}

/** The same streams; what is written to them is obeyed by nobody, where somebody would. */
export function unobeyed(io: CommandLineIo): CommandLineIo {
  if (!READERS.some(name => io.env[name])) return io;
  const { stdout, stderr } = io;
  return {
    ...io,
    stdout: { write: text => stdout.write(withoutCommands(text)) },
    stderr: {
      isTTY: stderr.isTTY === true,
      ...(stderr.columns !== undefined && { columns: stderr.columns }),
      write: text => stderr.write(withoutCommands(text)),
    },
  };
}
