/** What people are told while functions run, without it being their answer. */
import { printable } from '../diagnostics/printable.js';

let tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Tells it: on standard error, or to whoever shows how the run goes. */
export function notify(text: string): void {
  tell(printable(text));
}

/** Has everything that is told from now on told to this function. */
export function noticesTo(listener: (text: string) => void): void {
  tell = listener;
}
