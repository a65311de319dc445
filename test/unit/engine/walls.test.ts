import { describe, expect, it } from 'vitest';
import { openDoors, wallRules } from '../../../engine/podman/walls.js';

describe('what stays open to containers', () => {
  it.each([
    [
      'name servers, for names',
      {},
      ['192.0.2.53', '169.254.169.253', 'fe80::1'],
      ['192.0.2.53:53', '169.254.169.253:53'],
    ],
    ['a proxy', { HTTPS_PROXY: 'http://user:pass@192.0.2.2:3128/' }, [], ['192.0.2.2:3128']],
    [
      "a proxy on its protocol's port",
      { http_proxy: 'http://192.0.2.2', https_proxy: 'https://192.0.2.3' },
      [],
      ['192.0.2.2:80', '192.0.2.3:443'],
    ],
    [
      'no proxy that is named otherwise',
      { HTTP_PROXY: 'proxy.example:3128', https_proxy: 'http://proxy.example:3128' },
      [],
      [],
    ],
    [
      'what is named',
      { QUAYSIDE_REACH: '192.0.2.2:3141, 169.254.170.2' },
      [],
      ['192.0.2.2:3141', '169.254.170.2:undefined'],
    ],
    ['nothing that is no address', { QUAYSIDE_REACH: '-j ACCEPT,::1,0/0,' }, [], []],
    ['no port that is none', { QUAYSIDE_REACH: '192.0.2.2:x -j ACCEPT,192.0.2.2:99999' }, [], []],
  ])('%s', (_, env, servers, doors) => {
    expect(openDoors(env, servers).map(({ address, port }) => `${address}:${port}`)).toEqual(doors);
  });
});

it('the rules let answers and what is open pass before they refuse', () => {
  const rules = wallRules(
    'qs0123456789',
    [{ address: '192.0.2.2', port: 53 }, { address: '192.0.2.4' }],
    ['192.0.2.2'],
  );
  const of = (chain: string) =>
    rules
      .split('\n')
      .filter(line => line.startsWith(`-A qs0123456789-${chain} `))
      .map(line =>
        line
          .replace(/^-A \S+ /, '')
          .replace(/ -j REJECT .*/, ' REFUSED')
          .replace(/^-j REJECT .*/, 'REFUSED'),
      );
  const open = [
    '-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN',
    '-d 192.0.2.2 -p tcp --dport 53 -j RETURN',
    '-d 192.0.2.2 -p udp --dport 53 -j RETURN',
    '-d 192.0.2.4 -j RETURN',
  ];
  expect(of('to')).toEqual([...open, 'REFUSED']);
  expect(of('thr')).toEqual([
    '-o qs0123456789 -j RETURN',
    ...open,
    '-d 169.254.0.0/16 REFUSED',
    '-d 192.0.2.2 REFUSED',
    '-o qs+ REFUSED',
  ]);
});
