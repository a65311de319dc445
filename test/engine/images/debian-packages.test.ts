/** What is known of Debian packages, in images of both releases. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { installPackages } from '../../../src/planner/shell.js';
import { LIBLDAP } from '../../../src/support/native/debian-packages.js';
import { LIBRARIES } from '../../../src/support/native/libraries.js';
import { commandsOf } from '../../unit/support/steps.js';
import { useImages } from './stand-in.js';

const { run } = useImages();
const CHECK = readFileSync(new URL('../../../docker/check-packages.py', import.meta.url), 'utf8');

describe.each([
  ['python:3.11-slim', 'libldap-2.5-0'],
  ['python:3.13-slim', 'libldap2'],
])('%s', (image, name) => {
  it('installs a package by the name that it has there', async () => {
    const install = commandsOf(installPackages('install runtime packages', [LIBLDAP, 'zip'])).join('\n');
    const script = `(${install}) >/dev/null 2>&1
      dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' 'libldap*' zip | sed -n 's/^ii *//p' | grep -v common`;
    expect((await run(image, script)).split('\n')).toEqual([name, 'zip']);
  });

  it('says which package holds a library that a Python package lacks', async () => {
    const said = await run(
      image,
      `site=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
       mkdir -p $site/broken-1.0.dist-info
       printf 'Metadata-Version: 2.1\\nName: broken\\nVersion: 1.0\\n' > $site/broken-1.0.dist-info/METADATA
       printf 'broken.py,,\\n' > $site/broken-1.0.dist-info/RECORD
       echo 'raise ImportError("libldap.so.2: cannot open shared object file: No such file or directory")' > $site/broken.py
       ! python /check.py --libraries /libraries.json broken 2>&1`,
      { files: { '/check.py': CHECK, '/libraries.json': JSON.stringify(LIBRARIES) } },
    );
    expect(said).toContain(`broken: it cannot be imported: ImportError: libldap.so.2`);
    expect(said).toContain(`fix: write in quayside.yaml: native: { runtime: [${name}] }`);
  });

  it.each([
    ['of which the app imports nothing', '', '0'],
    ['which the app imports', '--imports leaning', '1'],
  ])('tells of a package that lacks another one, %s', async (_, option, code) => {
    const said = await run(
      image,
      `site=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
       mkdir -p $site/leaning-1.0.dist-info
       printf 'Metadata-Version: 2.1\\nName: leaning\\nVersion: 1.0\\n' > $site/leaning-1.0.dist-info/METADATA
       printf 'leaning.py,,\\n' > $site/leaning-1.0.dist-info/RECORD
       echo 'import nowhere' > $site/leaning.py
       python /check.py --libraries /libraries.json ${option} leaning 2>&1 || echo "exit $?"
       echo done`,
      { files: { '/check.py': CHECK, '/libraries.json': JSON.stringify(LIBRARIES) } },
    );
    expect(said).toContain("it cannot be imported: ModuleNotFoundError: No module named 'nowhere'");
    expect(said.includes('exit 1')).toBe(code === '1');
  });
});
