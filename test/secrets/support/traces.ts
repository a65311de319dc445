/** A search for secrets, byte by byte, in all that a run leaves and in the arguments of every process while it runs. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** The forms in which a secret may stand somewhere: as it is, in an address, in JSON, in Base64 wherever it begins there. */
export function formsOf(secret: string): readonly string[] {
  const lines = secret.split('\n').filter(line => line.length >= 12 && !line.startsWith('-----'));
  const inBase64 = [0, 1, 2].map(before => {
    const text = Buffer.from(`${'x'.repeat(before)}${secret}`)
      .toString('base64')
      .replace(/=+$/, '');
    // What shares bytes with its neighbours differs with them.
    return text.slice(before === 0 ? 0 : 4, -4);
  });
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inBase64, ...lines];
  return [...new Set(forms.filter(form => form.length >= 12 && !form.includes('\n')))];
}

/** Those of the named secrets that a text holds in some form. */
export function secretsIn(text: string | Buffer, secrets: Readonly<Record<string, string>>): readonly string[] {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
  return Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret).some(form => bytes.includes(form)) ? [name] : [],
  );
}

/**
 * Watches the arguments of all processes of the machine until it is stopped, and says which held a secret.
 * @param secrets read when it is stopped: some are known only when what they are for runs
 */
export function watchArguments(secrets: Readonly<Record<string, string>>): { stop(): Promise<readonly string[]> } {
  const lines = new Set<string>();
  let isRunning = true;
  const watching = (async () => {
    while (isRunning) {
      for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
        const words = await readFile(`/proc/${pid}/cmdline`).catch(() => Buffer.alloc(0));
        lines.add(words.toString('latin1'));
      }
      await sleep(10);
    }
  })();
  return {
    async stop() {
      isRunning = false;
      await watching;
      return [...lines].flatMap(line =>
        secretsIn(Buffer.from(line, 'latin1'), secrets).map(
          name => `${name} in the arguments of ${line.split('\0')[0]}`,
        ),
      );
    },
  };
}

/**
 * Files below directories that hold a secret, also inside what is compressed there.
 * @param patterns a file to write the forms to, which is not searched itself
 * @param newer a file: only what was written after it counts
 */
export async function filesWith(
  secrets: Readonly<Record<string, string>>,
  directories: readonly string[],
  { patterns, newer }: { readonly patterns: string; readonly newer?: string },
): Promise<readonly string[]> {
  await writeFile(patterns, `${Object.values(secrets).flatMap(formsOf).join('\n')}\n`, { mode: 0o600 });
  // zcat -f gives what is not compressed as it is.
  const look = `zcat -f -- "$2" 2>/dev/null | grep -q -a -F -f "$1" && echo "$2"; grep -q -a -F -f "$1" -- "$2" && echo "$2"; :`;
  const age = newer === undefined ? [] : ['-newer', newer];
  const args = [...directories, '-xdev', '-type', 'f', ...age, '-not', '-path', patterns];
  const { stdout } = await execa('find', [...args, '-exec', 'sh', '-c', look, '_', patterns, '{}', ';'], {
    reject: false,
  });
  return [...new Set(stdout.split('\n').filter(line => line !== ''))];
}

/** All entries of an archive of images, unpacked. */
export async function unpacked(archive: string, to: string): Promise<string> {
  await execa('mkdir', ['-p', to]);
  await execa('tar', ['-xf', archive, '-C', to]);
  return join(to);
}
