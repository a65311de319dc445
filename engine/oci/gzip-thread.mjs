/** Compresses one stream in a thread of its own: pieces come as `{ piece, last }`, and each is answered by the bytes that are ready. Plain JavaScript, as threads have no loader. */
import { parentPort, workerData } from 'node:worker_threads';
import { Gzip } from 'fflate';

let out = [];
const gzip = new Gzip(workerData, chunk => out.push(chunk));
parentPort.on('message', ({ piece, last }) => {
  gzip.push(piece, last);
  parentPort.postMessage(Buffer.concat(out));
  out = [];
});
