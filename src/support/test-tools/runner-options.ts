/** Options that runners of tests are given: which of them say what is tested and how, and which only say what is printed. */

/** How an option of a runner is taken. */
export interface RunnerOption {
  readonly names: RegExp;
  /** Whether a word of its own follows it, unless the value is in the same word. */
  readonly takesValue: boolean;
  /** Whether its value is a path, which stands where the command ran. */
  readonly isPath?: true;
  /** `kept`: part of what is meant; `left`: about output, coverage, parts of a run, or the first failure; else the package that it needs. */
  readonly is: 'kept' | 'left' | { readonly package: string };
}

const kept = (names: RegExp, takesValue = false): RunnerOption => ({ names, takesValue, is: 'kept' });
const path = (names: RegExp): RunnerOption => ({ names, takesValue: true, isPath: true, is: 'kept' });
const left = (names: RegExp, takesValue = false): RunnerOption => ({ names, takesValue, is: 'left' });
const of = (name: string, names: RegExp, takesValue = false): RunnerOption => ({
  names,
  takesValue,
  is: { package: name },
});

/** Of pytest and its plugins; docs.pytest.org, "Command-line Flags". */
const PYTEST: readonly RunnerOption[] = [
  kept(/^(-m|-k|--ds|--dc|-p|-o|--override-ini|-W|--pythonwarnings|--import-mode|--deselect|--doctest-glob)$/, true),
  path(/^(-c|--config-file|--rootdir|--ignore|--confcutdir)$/),
  kept(/^--ignore-glob$/, true),
  kept(/^--(doctest-modules|pyargs|strict|strict-markers|strict-config|runxfail|noconftest)$/),
  kept(/^--(reuse-db|create-db|migrations|no-?migrations|fail-on-template-vars|keepdb|no-database)$/),
  of('pytest-xdist', /^(-n|--numprocesses|--dist|--maxprocesses|--tx)$/, true),
  of('pytest-asyncio', /^--asyncio-mode$/, true),
  of('pytest-timeout', /^--timeout(-method)?$/, true),
  of('pytest-randomly', /^--randomly-(seed|dont-\w+)$/),
  of('pytest-socket', /^--(disable-socket|allow-unix-socket|force-enable-socket)$/),
  of('pytest-socket', /^--allow-hosts$/, true),
  of('pytest-rerunfailures', /^--reruns(-delay)?$/, true),
  of('pytest-benchmark', /^--benchmark-(skip|disable)$/),
  of('pytest-recording', /^--(block-network|disable-recording)$/),
  of('pytest-recording', /^--record-mode$/, true),
  of('pytest-env', /^--envfile$/, true),
  left(
    /^(-r|--tb|--color|--code-highlight|--capture|--show-capture|--durations(-min)?|--junit-?xml|--junit-prefix|--maxfail|--basetemp)$/,
    true,
  ),
  left(
    /^--(cov-report|cov-config|cov-fail-under|cov-context|html|alluredir|log-(level|file|format|cli-level|cli-format|file-level))$/,
    true,
  ),
  left(
    /^--(splits|group|splitting-algorithm|shard-id|num-shards|test-group|test-group-count|browser|device|output|tracing|video|screenshot|base-url|slowmo|verbosity)$/,
    true,
  ),
  left(
    /^(-[vqslx]+|--(verbose|quiet|exitfirst|showlocals|no-header|no-summary|disable-(pytest-)?warnings|full-trace|cache-clear|headed|fixtures|sw|stepwise|lf|last-failed|ff|failed-first|nf|new-first|no-showlocals|self-contained-html|snapshot-\w+))$/,
  ),
  // A word behind it is the directory that is measured, and none of tests: https://pytest-cov.readthedocs.io/en/latest/config.html#reference
  left(/^--cov$/, true),
  left(/^--(no-)?cov-?(append|branch|on-fail)?$/),
];

/** Of Django's `test`. */
const DJANGO: readonly RunnerOption[] = [
  kept(/^(--settings|--tag|--exclude-tag|-p|--pattern|-k|--testrunner)$/, true),
  path(/^(-t|--top-level-directory|--pythonpath)$/),
  left(/^(--parallel|-v|--verbosity|--shuffle)$/, true),
  left(
    /^(-v\d|--(noinput|no-input|failfast|keepdb|reverse|timing|traceback|debug-sql|debug-mode|no-color|force-color|buffer)|-b|-r|-d)$/,
  ),
];

/** Of `python -m unittest`, also behind `discover`. */
const UNITTEST: readonly RunnerOption[] = [
  kept(/^(-k|-p|--pattern)$/, true),
  kept(/^(-s|--start-directory|-t|--top-level-directory)$/, true),
  left(/^(-[vqfbc]+|--(verbose|quiet|failfast|buffer|catch|locals))$/),
];

export const RUNNER_OPTIONS = { pytest: PYTEST, django: DJANGO, unittest: UNITTEST } as const;
