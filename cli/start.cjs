/**
 * Starts a bundle of the command line, the next argument, with what V8 made of it at an earlier start: to compile it again takes a third of
 * what a short call takes. Plain JavaScript that loads nothing, as it runs at every start.
 */
'use strict';

const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

process.argv.splice(1, 1);
const [, bundle, ...words] = process.argv;
const kept = `${bundle}.${process.version}-${process.arch}.cache`;

/** Calls that load no more than a part: what is compiled then would be all that is kept. */
const isPartial = words.some(word => /^(?:-h|--help|-V|--version|help|setup|engine)$/.test(word)) || words.length === 0;

const source = readFileSync(bundle, 'latin1');
const cachedData = read(kept);
const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
  filename: bundle,
  ...(cachedData && { cachedData }),
});
if ((cachedData === undefined || script.cachedDataRejected) && !isPartial) process.once('exit', keep);
const main = { exports: {} };
script.runInThisContext().call(main.exports, main.exports, createRequire(bundle), main, bundle, dirname(bundle));

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Functions are compiled when they are first called: at the end all are there that such a call needs. */
function keep() {
  const writing = `${kept}.${process.pid}`;
  try {
    writeFileSync(writing, script.createCachedData());
    renameSync(writing, kept);
  } catch {
    // The bundle is somebody else's, or the disk is full: the next start takes longer, and that is all.
  }
}
