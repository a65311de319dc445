import { describe, expect, it } from 'vitest';
import { layerDirectories } from '../../../engine/oci/pull.js';
import {
  classifyRegistryFailure,
  RegistryError,
  type RegistryFailureKind,
} from '../../../engine/oci/registry-failure.js';
import { formatReference, isLoopback, parseReference } from '../../../engine/oci/registry-reference.js';
import { authFile } from '../../../engine/oci/skopeo.js';

describe('parseReference', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    ['debian', 'docker.io/library/debian:latest'],
    ['debian:bookworm-slim', 'docker.io/library/debian:bookworm-slim'],
    ['grafana/grafana:10', 'docker.io/grafana/grafana:10'],
    ['docker.io/debian', 'docker.io/library/debian:latest'],
    ['index.docker.io/library/debian:1', 'docker.io/library/debian:1'],
    ['docker://mcr.microsoft.com/playwright/python:v1-noble', 'mcr.microsoft.com/playwright/python:v1-noble'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/no/such:1', 'localhost:5000/no/such:1'],
    ['[::1]:5000/x:1', '[::1]:5000/x:1'],
    ['127.0.0.1:5000/x', '127.0.0.1:5000/x:latest'],
    ['a.b-c/d__e/f-g.h:V1.0_x', 'a.b-c/d__e/f-g.h:V1.0_x'],
    [`debian@${digest}`, `docker.io/library/debian@${digest}`],
    [`debian:1@${digest}`, `docker.io/library/debian@${digest}`],
  ])('%s', (text, full) => {
    expect(formatReference(parseReference(text))).toBe(full);
  });

  it.each([
    '',
    'UPPER CASE??',
    'Debian',
    'a//b',
    'a:',
    'a:b:c',
    'a:-x',
    'a@sha256:12',
    `a@${digest}@${digest}`,
    'host.io/',
    '-x',
    'a b',
    `x/${'a'.repeat(256)}`,
  ])('refuses %j', text => {
    expect(() => parseReference(text)).toThrow('invalid image reference');
  });

  it.each([
    ['localhost/x', true],
    ['localhost:5000/x', true],
    ['127.0.0.1:5000/x', true],
    ['127.9.9.9/x', true],
    ['[::1]:5000/x', true],
    ['localhost.example.com/x', false],
    ['127.0.0.1.example.com/x', false],
    ['10.0.0.1:5000/x', false],
    ['debian', false],
  ])('is %s on this machine? %s', (text, expected) => {
    expect(isLoopback(parseReference(text))).toBe(expected);
  });
});

describe('classifyRegistryFailure', () => {
  const fatal = (message: string) => `time="2026-01-01T00:00:00Z" level=fatal msg=${JSON.stringify(message)}`;
  const host = 'registry.example.com';
  const ping = `pinging container registry ${host}: Get "https://${host}/v2/": dial tcp`;
  it.each<[RegistryFailureKind, string]>([
    [
      'absent',
      `initializing source docker://${host}/x:1: reading manifest 1 in ${host}/x: manifest unknown: manifest unknown`,
    ],
    ['absent', `reading manifest 1 in ${host}/x: name unknown: repository name not known to registry`],
    ['absent', 'no image found in manifest list for architecture s390x, variant "", OS linux'],
    ['absent', `Error reading manifest 1 in ${host}/x: StatusCode: 404, page not found`],
    ['denied', `reading manifest 1 in ${host}/x: unauthorized: authentication required`],
    [
      'denied',
      `reading manifest latest in docker.io/no/such: errors: denied: requested access to the resource is denied`,
    ],
    ['denied', `writing blob: initiating layer upload to /v2/x/blobs/uploads/ in ${host}: StatusCode: 403, ""`],
    [
      'unreachable',
      'Error parsing image name "docker://docker.io/x:1": registry docker.io is blocked in /etc/containers/registries.conf',
    ],
    ['unreachable', `${ping}: lookup ${host} on 10.0.0.1:53: no such host`],
    ['unreachable', `${ping} 10.0.0.1:443: connect: connection refused`],
    ['unreachable', `${ping} 10.0.0.1:443: i/o timeout`],
    ['unreachable', `${ping}: lookup ${host}: Temporary failure in name resolution`],
    [
      'unreachable',
      `pinging container registry ${host}: Get "https://${host}/v2/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    ],
    ['unreachable', `pinging container registry ${host}: invalid status code from registry 404 (Not Found)`],
    [
      'untrusted',
      `pinging container registry ${host}: Get "https://${host}/v2/": x509: certificate signed by unknown authority`,
    ],
    [
      'untrusted',
      `pinging container registry ${host}: Get "https://${host}/v2/": http: server gave HTTP response to HTTPS client`,
    ],
    ['transient', `writing blob: uploading layer chunked: StatusCode: 503, "upstream"`],
    ['transient', `reading manifest 1 in ${host}/x: received unexpected HTTP status: 502 Bad Gateway`],
    ['transient', `writing blob: Patch "https://${host}/v2/x": EOF`],
    [
      'transient',
      `writing blob: Patch "https://${host}/v2/x": read tcp 10.0.0.2:40000->10.0.0.1:443: read: connection reset by peer`,
    ],
    ['transient', `writing blob: Patch "https://${host}/v2/x": write: broken pipe`],
    [
      'transient',
      `reading manifest latest in docker.io/library/debian: toomanyrequests: You have reached your pull rate limit`,
    ],
    ['full', 'writing blob: adding layer with blob "sha256:aa": no space left on device'],
    ['other', 'creating /var/lib/x: permission was not given'],
    // Numbers in names are no status, and a mirror's trouble is not the registry's.
    ['other', `copying docker://${host}:5000/team/app:404: something else`],
    [
      'absent',
      `(Mirrors also failed: [mirror.example.com/x:1: ${ping}: connection refused]): ${host}/x:1: reading manifest 1 in ${host}/x: manifest unknown`,
    ],
    [
      'unreachable',
      `(Mirrors also failed: [mirror.example.com/x:1: manifest unknown]): ${host}/x:1: ${ping}: no such host`,
    ],
  ])('%s: %s', (kind, message) => {
    expect(classifyRegistryFailure(`some warning\n${fatal(message)}\n`)).toEqual({ kind, reason: message });
  });

  it('says something when the tool said nothing', () => {
    expect(classifyRegistryFailure('')).toEqual({ kind: 'other', reason: 'no message' });
  });
});

describe('RegistryError', () => {
  it.each<[RegistryFailureKind, object, string]>([
    ['transient', { _type: 'INFRASTRUCTURE' }, 'A retry may help'],
    ['unreachable', { _type: 'INFRASTRUCTURE' }, 'A retry may help'],
    ['full', { _type: 'INFRASTRUCTURE' }, 'Make room'],
    ['denied', {}, 'user name and password'],
    ['untrusted', {}, 'certificate'],
    ['absent', {}, 'cannot push x: why'],
    ['other', {}, 'cannot push x: why'],
  ])('%s', (kind, extensions, text) => {
    const error = new RegistryError('cannot push x', { kind, reason: 'why' });
    expect(error.extensions).toEqual(extensions);
    expect(error.message).toContain(text);
  });

  it('advises what helps against a rate limit', () => {
    expect(
      new RegistryError('cannot pull', { kind: 'transient', reason: 'toomanyrequests: slow down' }).message,
    ).toContain('use a mirror');
  });
});

describe('authFile', () => {
  it('is what docker login writes', () => {
    expect(JSON.parse(authFile([{ registry: 'r.example.com:5000', username: 'u', password: 'p:w' }]))).toEqual({
      auths: { 'r.example.com:5000': { auth: Buffer.from('u:p:w').toString('base64') } },
    });
  });
});

describe('layerDirectories', () => {
  it("turns podman's order, highest first, around", () => {
    const data = { LowerDir: '/s/b/diff:/s/a/diff', UpperDir: '/s/c/diff' };
    const inspected = { GraphDriver: { Name: 'overlay', Data: data } };
    expect(layerDirectories(inspected)).toEqual(['/s/a/diff', '/s/b/diff', '/s/c/diff']);
  });

  it('reads an image of one layer, and refuses another driver', () => {
    const one = { GraphDriver: { Name: 'overlay', Data: { UpperDir: '/s/a/diff' } } };
    expect(layerDirectories(one)).toEqual(['/s/a/diff']);
    expect(() => layerDirectories({ GraphDriver: { Name: 'vfs' } })).toThrow('vfs');
  });
});
