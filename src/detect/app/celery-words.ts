/** A Celery command as a container runs it: in the foreground, its log on the output, its state where it may write. */

/** Options that make it no process of a container's: they put it into the background, or give it to another user. */
const ELSEWHERE = ['-D', '--detach', '--uid', '--gid', '--umask', '--executable'];

/** Options of a file that a container has no use for: its log is its output, and it is the only process. */
const OWN_FILES = ['-f', '--logfile', '--pidfile'];

const TAKING_VALUE = new Set([...OWN_FILES, '--uid', '--gid', '--umask', '--executable', '-s', '--schedule']);

/** Where the scheduler keeps what ran last; Celery's own place is the working directory. */
const SCHEDULE = ['--schedule', '/tmp/celerybeat-schedule'];

/** An option with its value, which may lie in the same word. */
interface Option {
  readonly name: string;
  readonly words: readonly string[];
  readonly value: string | undefined;
}

/**
 * A worker's or scheduler's command with what a container asks for: Celery's own way is one process for each CPU of the machine, and files
 * in the working directory. Other commands stay as they are.
 */
export function celeryWords(words: readonly string[]): readonly string[] {
  if (words[0] !== 'celery' || !words.some(word => /^(worker|beat)$/.test(word))) return words;
  const options = optionsOf(words);
  const has = (...names: readonly string[]) => options.some(({ name }) => names.includes(name));
  const isKept = ({ name, value = '' }: Option) => {
    if (ELSEWHERE.includes(name)) return false;
    if (OWN_FILES.includes(name)) return value === '' || isWritable(value);
    return !/^(-s|--schedule)$/.test(name) || isWritable(value);
  };
  const kept = options.filter(isKept);
  const own = kept.flatMap(option => option.words);
  const keeps = (...names: readonly string[]) => kept.some(({ name }) => names.includes(name));
  const isScheduler = words.includes('beat');
  const schedules = isScheduler || has('-B', '--beat');
  return [
    ...own,
    ...(isScheduler && !keeps('--pidfile') ? ['--pidfile', ''] : []),
    ...(schedules && !keeps('-s', '--schedule') ? SCHEDULE : []),
    ...(isScheduler || has('-c', '--concurrency', '--autoscale', '-P', '--pool') ? [] : ['--concurrency', '2']),
  ];
}

/** The words of a command, each option with its value where it is one that matters here. */
function optionsOf(words: readonly string[]): readonly Option[] {
  const options: Option[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const [, name = word, inside] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    const next = inside === undefined && TAKING_VALUE.has(name) ? words[at + 1] : undefined;
    if (next !== undefined) at++;
    options.push({ name, value: inside ?? next, words: next === undefined ? [word] : [word, next] });
  }
  return options;
}

/** Whether the app may write a file in production, whatever else it is told: the volume that is always there, and what is for a run. */
function isWritable(path: string): boolean {
  return /^\/(tmp|data|dev)\//.test(path);
}
