/**
 * Loads a bundle of the module once and asks it about an app again and again: `node start-once.mjs BUNDLE FILES`, FILES being JSON of
 * paths and texts. Prints the milliseconds of CPU that loading, the first answer and a later one took.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, files] = process.argv.slice(2);
const texts = JSON.parse(readFileSync(files, 'utf8'));
const LATER = 10;

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What an engine's directory gives, each time a new one, as answers are kept by it. */
function directory() {
  const self = {
    filter: () => self,
    sync: async () => self,
    glob: async () => Object.keys(texts),
    file: path => ({ contents: async () => texts[path] }),
  };
  return self;
}

const start = cpu();
const { Quayside } = await import(pathToFileURL(bundle).href);
const loaded = cpu();
await new Quayside(directory()).explain();
const answered = cpu();
for (let time = 0; time < LATER; time++) await new Quayside(directory()).explain();
const again = (cpu() - answered) / LATER;
process.stdout.write(JSON.stringify({ load: loaded - start, first: answered - loaded, again }));
