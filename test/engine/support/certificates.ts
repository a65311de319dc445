/** An authority of the test's own, and certificates of it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** Makes a certificate for names such as `DNS:localhost` or `IP:10.0.0.1`. */
  issue(names: readonly string[], options?: { readonly expired?: boolean }): Promise<Certificate>;
}

const SETTINGS = `
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_days = 2
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = req
`;

/** Makes one in a directory of its own. */
export async function makeAuthority(dir: string): Promise<Authority> {
  await mkdir(dir, { recursive: true });
  await Promise.all([
    writeFile(join(dir, 'openssl.cnf'), SETTINGS),
    writeFile(join(dir, 'index.txt'), ''),
    writeFile(join(dir, 'serial'), '01'),
  ]);
  const openssl = (...args: readonly string[]) => execa('openssl', args, { cwd: dir });
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config', 'openssl.cnf'];
  const authority = ['-subj', '/CN=Authority of a test', '-addext', 'basicConstraints=critical,CA:TRUE'];
  await openssl('req', '-x509', ...made, '-days', '2', ...authority, '-keyout', 'ca.key', '-out', 'ca.crt');
  let count = 0;
  return {
    certificate: join(dir, 'ca.crt'),
    key: join(dir, 'ca.key'),
    async issue(names, { expired = false } = {}) {
      count += 1;
      const name = `server-${count}`;
      const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${names.join(',')}`];
      await openssl('req', ...made, ...subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      const times = expired ? ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z'] : [];
      const files = ['-in', `${name}.csr`, '-out', `${name}.crt`];
      await openssl('ca', '-batch', '-notext', '-config', 'openssl.cnf', ...times, ...files);
      return { certificate: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) };
    },
  };
}
