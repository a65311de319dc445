/** What pip takes the machine for where it installs for another: asked of the parts of pip that answer. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const DIRECTORY = fileURLToPath(new URL('../../docker', import.meta.url));

const ASK = `
import json, os, platform, sysconfig
try:
    from pip._vendor.packaging import markers, tags
except ImportError:
    from packaging import markers, tags
print(json.dumps({
    "machine": [platform.machine(), os.uname().machine, markers.default_environment()["platform_machine"]],
    "platform": sysconfig.get_platform(),
    "manylinux": [tag.platform for tag in tags.sys_tags() if tag.platform.startswith("manylinux2014")][:1],
    "node": platform.node() == os.uname().nodename,
}))`;

function asked(TARGETARCH?: string): Record<string, unknown> {
  const env = { PATH: process.env.PATH, PYTHONPATH: DIRECTORY, ...(TARGETARCH !== undefined && { TARGETARCH }) };
  return JSON.parse(execFileSync('python3', ['-c', ASK], { env, encoding: 'utf8' }));
}

const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const own = process.arch === 'arm64' ? 'arm64' : 'amd64';

describe('Python that installs for another processor', () => {
  test.each([
    [undefined, machine],
    ['', machine],
    [own, machine],
    ['never-heard-of', machine],
    ['arm64', 'aarch64'],
    ['amd64', 'x86_64'],
    ['ppc64le', 'ppc64le'],
  ])('takes %j for %s', (target, expected) => {
    expect(asked(target)).toEqual({
      machine: [expected, expected, expected],
      platform: `linux-${expected}`,
      manylinux: [`manylinux2014_${expected}`],
      node: true,
    });
  });
});
