/** The settings module that the code falls back to, where nobody sets Django's variable. */
import type { Sourced } from '../../source/sourced.js';
import { argumentsOf, callsIn, literalString, type PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';

/** A settings module with the variable of the app's own by whose default it is chosen, if there is one. */
export interface SettingsDefault extends Sourced<string> {
  readonly chosenBy?: string;
  /** The others that the code chooses from, in the order in which it names them. */
  readonly among?: readonly string[];
  /** Whether the code gives the variable this value whatever it has. */
  readonly isFixed?: true;
}

/** What the first of the modules that sets a variable sets it to. */
export function settingsDefault(modules: readonly PythonModule[], variable: string): SettingsDefault | undefined {
  for (const module of modules) {
    for (const { tokens } of module.statements) {
      const set = assignedIn(tokens, variable);
      if (set !== undefined) return { value: set, place: { file: module.path, line: tokens[0]!.line }, isFixed: true };
      for (const { callee, open, line } of callsIn(tokens)) {
        if (!/environ\.setdefault$/i.test(callee)) continue;
        const [name, value] = argumentsOf(tokens, open);
        if (name === undefined || value === undefined || literalString(name.tokens) !== variable) continue;
        const written = writtenText(value.tokens, module);
        if (written === undefined) continue;
        const { text, chosenBy, among } = written;
        const place = { file: module.path, line };
        if (among) return { value: text, place, among, why: `of ${[text, ...among].join(', ')}, the one for people` };
        return chosenBy === undefined
          ? { value: text, place }
          : { value: text, place, chosenBy, why: `by the default of ${chosenBy}` };
      }
    }
  }
  return undefined;
}

/** The value of `os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"`. */
function assignedIn(tokens: readonly PythonToken[], variable: string): string | undefined {
  const at = tokens.findIndex(({ text }) => text === 'environ');
  const [open, name, close, equals] = tokens.slice(at + 1).map(({ text }) => text);
  const isSet = at >= 0 && open === '[' && name === variable && close === ']' && equals === '=';
  return isSet ? literalString(tokens.slice(at + 5)) : undefined;
}

interface WrittenText {
  readonly text: string;
  /** A variable without which the text is this one. */
  readonly chosenBy?: string;
  /** Others that the code chooses from. */
  readonly among?: readonly string[];
}

/** Calls that read a variable: `os.environ.get("STAGE", "dev")`, `os.getenv(…)`, `config("STAGE", default="dev")`. */
const READS = /(^|\.)(environ\.get|getenv|config|env)$/;

/** A text as it is written, as the default of a variable, as a name that has one, or as the end of one that is put together: `f"shop.settings.{STAGE}"`. */
function writtenText(tokens: readonly PythonToken[], module: PythonModule, depth = 4): WrittenText | undefined {
  const [first, ...rest] = tokens;
  if (first === undefined || depth === 0) return undefined;
  const literal = literalString(tokens);
  if (literal !== undefined) return { text: literal };
  if (first.formatted && first.text.endsWith('.') && rest[0]?.text === 'field') {
    const inside = writtenText(rest.slice(1), module, depth - 1);
    return inside && { ...inside, text: `${first.text}${inside.text}` };
  }
  if (rest.length === 0) {
    const given = module.statements.find(
      ({ tokens: [name, equals] }) => name?.text === first.text && equals?.text === '=',
    );
    return given && writtenText(given.tokens.slice(2), module, depth - 1);
  }
  const among = chosenAmong(tokens);
  if (among) return among;
  const [call] = callsIn(tokens);
  const isWhole = call !== undefined && READS.test(call.callee) && tokens.at(-1)?.text === ')';
  const [name, fallback] = isWhole ? argumentsOf(tokens, call.open) : [];
  const chosenBy = name && literalString(name.tokens);
  const inside = fallback && writtenText(fallback.tokens, module, depth - 1);
  return chosenBy === undefined || inside === undefined ? undefined : { text: inside.text, chosenBy };
}

/** Modules of settings for people, by their last names. */
const FOR_PEOPLE = /(^|[._])(prod|production|live)$/;

/**
 * Of several modules that an expression names, the one for people: `"shop.production" if env("LIVE") else "shop.settings"`,
 * `{"dev": "shop.dev", "prod": "shop.prod"}[STAGE]`, `{…}.get(STAGE, "shop.dev")`.
 */
function chosenAmong(tokens: readonly PythonToken[]): WrittenText | undefined {
  const isChoice = tokens.some(({ kind, text }) => kind === 'name' && text === 'if') || tokens[0]?.text === '{';
  const named = tokens.flatMap(({ kind, text, formatted }) =>
    kind === 'string' && !formatted && /^\w+(\.\w+)+$/.test(text) ? [text] : [],
  );
  const forPeople = [...new Set(named.filter(text => FOR_PEOPLE.test(text)))];
  const [only, another] = forPeople;
  if (!isChoice || only === undefined || another !== undefined || named.length < 2) return undefined;
  return { text: only, among: named.filter(text => text !== only) };
}
