/** An RQ command at the address of the app's service: without one it looks on the machine that it runs on. */
import { quoteWords } from '../../source/quote-words.js';
import { servicesOf } from '../../support/run-services.js';
import type { ServiceFacts } from '../facts.js';

/** What a worker, or a scheduler, is started with. */
const STARTS = /^(rq worker(-pool)?|rqworker|rqscheduler)$/;

/** Options by which it is told in another way where its service is. */
const TOLD = /^(-c|--config|-H|--host|--sentinel)(=|$)/;

/** The variable that has the address which RQ works with; undefined when the app reads none. */
export function rqVariable(services: readonly ServiceFacts[]): string | undefined {
  const brokers = servicesOf('rq');
  return services.find(({ kind }) => brokers.includes(kind))?.addresses?.[0]?.variable.value;
}

/** A written command, told the address in place of one that is written there. Other commands stay as they are. */
export function rqWords(words: readonly string[], services: readonly ServiceFacts[]): readonly string[] {
  const variable = rqVariable(services);
  const length = words[0] === 'rq' ? 2 : 1;
  const [start, options] = [words.slice(0, length), words.slice(length)];
  if (variable === undefined || !STARTS.test(start.join(' ')) || options.some(word => TOLD.test(word))) return words;
  const isUrl = (word: string | undefined) => word === '-u' || word === '--url';
  const rest = options.filter((word, at) => !isUrl(word) && !isUrl(options[at - 1]) && !word.startsWith('--url='));
  return ['sh', '-c', [`exec ${quoteWords(start)} --url "$${variable}"`, quoteWords(rest)].join(' ').trim()];
}
