/** Logins at a mail server that the code puts where an address of a sender goes: `MAIL_FROM=settings.email_username`. */
import type { PythonModule } from '../code/module.js';
import type { ServicePart } from '../facts.js';
import type { ServiceRead } from './setting-reads.js';
import { targetsOf } from './targets.js';

/** What names the sender of a mail in frameworks, libraries and messages. */
const SENDER = /^(DEFAULT_FROM_EMAIL|SERVER_EMAIL|MAIL_DEFAULT_SENDER|MAIL_FROM|from_email|from_addr|sender|From)$/i;

/** The parts with an address where one that trials would leave empty has to be one. */
export function withSenders(
  parts: readonly ServicePart[],
  reads: readonly ServiceRead[],
  modules: readonly PythonModule[],
): readonly ServicePart[] {
  const empty = parts.filter(({ part }) => part === 'empty');
  if (empty.length === 0) return parts;
  const own = modules.filter(({ isTest }) => !isTest);
  const senders = new Set(own.flatMap(({ statements }) => statements.flatMap(({ tokens }) => sentFrom(tokens))));
  const isSender = (variable: string) => {
    const read = reads.find(({ name }) => name === variable);
    const names = [variable, ...(read ? targetsOf(read, own) : [])];
    return names.some(name => senders.has(name.toLowerCase()));
  };
  return parts.map(one =>
    one.part === 'empty' && isSender(one.variable.value) ? { ...one, part: 'sender' as const } : one,
  );
}

/** The last name of what a statement gives a sender, in lower case: fields of settings are spelt so. */
function sentFrom(tokens: PythonModule['statements'][number]['tokens']): readonly string[] {
  return tokens.flatMap(({ text }, at) => {
    if (!SENDER.test(text)) return [];
    const equals = tokens[at + 1]?.text === ']' ? at + 2 : at + 1;
    if (!/^[=:]$/.test(tokens[equals]?.text ?? '')) return [];
    const rest = tokens.slice(equals + 1);
    const end = rest.findIndex(({ kind, text: word }) => kind === 'op' && /^[,)}\]]$/.test(word));
    const last = (end < 0 ? rest : rest.slice(0, end)).at(-1);
    return last?.kind === 'name' || last?.kind === 'string' ? [last.text.toLowerCase()] : [];
  });
}
