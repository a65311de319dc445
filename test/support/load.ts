/** People who ask an app of a Docker Engine of the tests again and again, each one answer after the other. */
import type { DockerEngine } from './docker-engine.js';

/** How often each status or fault came, and what the slowest answer took. */
export interface Load {
  readonly answers: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

const ASK = `const https = require('node:https');
const [url, seconds, people] = process.argv.slice(1);
const end = Date.now() + Number(seconds) * 1000;
const answers = {};
let slowestMs = 0;
const ask = () => new Promise(resolve => {
  const asked = https.get(url, { agent: false, rejectUnauthorized: false, timeout: 60000 }, answer => {
    answer.on('error', error => resolve('cut off: ' + error.code)).on('end', () => resolve(String(answer.statusCode))).resume();
  });
  asked.on('error', error => resolve(error.code)).on('timeout', () => asked.destroy());
});
const person = async () => {
  while (Date.now() < end) {
    const start = Date.now();
    const answer = await ask();
    answers[answer] = (answers[answer] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, Date.now() - start);
  }
};
Promise.all(Array.from({ length: Number(people) }, person)).then(() => console.log(JSON.stringify({ answers, slowestMs })));`;

/** Asks for a number of seconds, and waits for the last answers. */
export async function load(docker: DockerEngine, url: string, seconds: number, people = 4): Promise<Load> {
  const { stdout } = await docker.inside(process.execPath, ['-e', ASK, url, `${seconds}`, `${people}`]);
  return JSON.parse(stdout) as Load;
}
