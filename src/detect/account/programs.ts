/** Programs that people run to make or to start a container, and that change nothing of what the app is. */
import type { ShellCommand } from '../files/command-line.js';
import { isPython, isRunByPython, type RunProgram } from '../files/runners.js';

/** Package managers, which are told of by what they install, and what sets up users, permissions and places. */
const SETS_UP =
  /^(apt|apt-get|apt-key|apt-mark|apt-cache|aptitude|apk|dpkg|dpkg-reconfigure|dpkg-divert|debconf-set-selections|add-apt-repository|yum|dnf|microdnf|rpm|zypper|install_packages|update-ca-certificates|update-alternatives|pip[\d.]*|pip-compile|pip-sync|pipx|pipenv|poetry|uv|uvx|pdm|hatch|rye|pixi|conda|mamba|micromamba|virtualenv|venv|ensurepip|compileall|corepack|rustup|cargo|nvm|n|useradd|adduser|userdel|deluser|groupadd|addgroup|groupdel|usermod|groupmod|passwd|chpasswd|visudo|chown|chmod|chgrp|setcap|setfacl|umask|ulimit|locale-gen|localedef|update-locale|ldconfig|install-php-extensions|easy_install)$/;

/** What only looks, says, waits or tidies up, and the words of the shell. */
const ONLY_LOOKS =
  /^(rm|rmdir|ls|ll|pwd|echo|printf|cat|head|tail|grep|egrep|awk|cut|sort|tr|wc|find|xargs|du|df|stat|file|tee|true|false|test|\[|\[\[|:|set|shopt|export|unset|readonly|declare|local|typeset|eval|source|\.|exec|exit|return|shift|trap|wait|sleep|date|env|which|command|type|hash|id|whoami|uname|arch|hostname|basename|dirname|readlink|realpath|seq|expr|let|read|getopts|sync|kill|pkill|pgrep|ps|clear|sha\d+sum|md5sum|shasum|gpg|gpgconf|mktemp|strip|touch|mkdir|dos2unix|unix2dos|nproc|break|continue|tput|pushd|popd|jobs|fg|bg|logger|ip|ifconfig|getent|pytest|tox|coverage|nosetests)$/;

/** What waits for a service. */
const WAITS =
  /^(nc|ncat|netcat|ping|pg_isready|mysqladmin|redis-cli|dockerize|wait4x|wait[-_]for[-\w]*(\.sh|\.py)?|wait[-_]\w+(\.sh|\.py)?|waitforit|check_port)$/;

/** What is downloaded by what installs a tool, and keys of those who publish packages. */
const TOOLS =
  /nodesource|install-poetry|get-poetry|install\.python-poetry|poetry\.eustace|astral\.sh|get-pip|bootstrap\.pypa|rustup|sh\.rustup|dockerize|wait-for|waitforit|tini|dumb-init|gosu|su-exec|yarnpkg|getcomposer|bun\.sh|get\.pnpm|nvm-sh|n-install|tj\/n|\.asc\b|\.gpg\b|apt-key|\.key\b|keyring|pgdg|gpgkey|packages\.microsoft|dl\.google\.com\/linux|packages\.cloud\.google|localhost|127\.0\.0\.1|miniconda|miniforge|nginx\.org|litestream|s6-overlay/i;

/** Scripts that install packages by their names. */
const INSTALLER = /(^|[-_])install([-_]|\.sh$|$)/;

/** Paths of a container that are its own, whatever app is in it. */
export const OF_THE_SYSTEM =
  /^\/(usr|bin|sbin|lib|lib64|boot|dev|proc|sys|run|tmp|root|home\/[^/]+\/\.|opt\/(venv|poetry|pysetup|conda)|etc\/(apt|apk|ssl|ld|profile|localtime|timezone|pip|passwd|group|locale|default|sudoers|bash|ImageMagick|ca-|mime|nginx|supervisor|logrotate)|var\/(lib|cache|log|tmp|run|spool|mail)|\.?venv)/;

/** Whether a program needs no mention: nothing of the app would be another without it. */
export function isNeedless(run: RunProgram): boolean {
  const { program, path, args } = run;
  const words = args.map(({ text }) => text);
  const text = words.join(' ');
  if (words.length === 1 && /^(--?v(ersion)?|-t)$/i.test(text)) return true;
  if (SETS_UP.test(program) || ONLY_LOOKS.test(program) || WAITS.test(program)) return true;
  // What a variable names, or a shell is given to run in the end, is told of where it is written.
  if (/^["'$(@-]/.test(path) || program === '' || TOOLS.test(path) || INSTALLER.test(program)) return true;
  if (/^(ba|da|a|z)?sh$/.test(program)) return words.every(word => /^-/.test(word)) || TOOLS.test(text);
  if (/^(curl|wget)$/.test(program)) return TOOLS.test(text) || !words.some(word => /\w\.\w|\$/.test(word));
  if (program === 'git') return /^(config|--version|init|status|log|rev-parse)\b/.test(text);
  if (/^(npm|yarn|pnpm|bun)$/.test(program)) return isInstall(program, words);
  if (/^(cp|mv|ln|sed|tar|unzip|gunzip|gzip|bunzip2|install|rsync|patch|perl)$/.test(program))
    return !pathsOf(run).some(isOfApp);
  if (isPython(program)) return isHarmlessPython(words);
  return false;
}

/** `npm ci`, `npm install -g …`, and what only sets the manager up. */
function isInstall(program: string, words: readonly string[]): boolean {
  const takes = (word: string | undefined) => /^(--prefix|-C|--dir|--cwd|-w|--workspace|--filter)$/.test(word ?? '');
  const [verb] = words.filter((word, at) => !word.startsWith('-') && !takes(words[at - 1]));
  if (verb === undefined) return program === 'yarn' || program === 'npm';
  return /^(ci|i|install|add|config|cache|set|prune|fetch|version|global|dedupe|update|upgrade|policies)$/.test(verb);
}

function isHarmlessPython(words: readonly string[]): boolean {
  const [first, ...rest] = words.filter(word => word !== '-u');
  if (first === undefined || /^(-|--?(V|version))$/.test(first)) return true;
  if (/(^|\/)(get-pip|get-poetry|install-poetry|setup)\.py$/.test(first)) return true;
  const code = first === '-c' ? rest.join(' ') : undefined;
  return (
    code !== undefined &&
    !/\b(?:(?:download|install)\w*|create_all|open|write|urlretrieve|from_pretrained|load)\b/.test(code)
  );
}

/** Files of what installs packages, and of servers in front, which have their own tellings. */
const OF_SERVERS = /nginx|wait-for|supervisor|requirements[^/]*\.txt|\.sh$|entrypoint/;

function pathsOf({ program, args }: RunProgram): readonly string[] {
  const words = args.map(({ text }) => text).filter(word => !word.startsWith('-'));
  // The first word of sed is what it does, and nothing of it is a path.
  const operands = program === 'sed' || program === 'perl' ? words.slice(1) : words;
  // Line ends of another system are no change.
  const isLineEnds =
    operands.some(word => OF_SERVERS.test(word)) || args.some(({ text }) => /^s\/+(\\r|\^M|\r)/.test(text));
  return isLineEnds ? [] : operands;
}

function isOfApp(path: string): boolean {
  return path !== '' && !OF_THE_SYSTEM.test(path) && path !== '/' && path !== '.' && !/^[\d+]+$/.test(path);
}

/** A file that a command's output goes to, where that is none of the system's. */
export function written({ redirect }: ShellCommand): string | undefined {
  return redirect && isOfApp(redirect.text) && !redirect.text.startsWith('&') ? redirect.text : undefined;
}

/** A program in words, as a row has room for. */
export function programWords(run: RunProgram): string {
  const { program, path, args } = run;
  const isModule = isRunByPython(run) && !isPython(program);
  // Its own interpreter is the one that the image has.
  const words = [
    ...(isModule ? ['python', '-m', program] : [isPython(program) ? 'python' : path]),
    ...args.map(({ text }) => text),
  ];
  return clipped(words.join(' ').replace(/\s+/g, ' '), 80);
}

/** Whether the words of a process of a task queue are those of its scheduler. */
export function isScheduler(text: string): boolean {
  return /\b(beat|scheduler)\b/.test(text);
}

/** A text that is cut where it is longer than a row has room for. */
export function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}
