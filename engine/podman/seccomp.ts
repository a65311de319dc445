/** Which calls of the kernel processes may make: what Docker's default profile allows, which Dagger's engine uses. */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** Podman's own profile, in the order in which packages have put it. */
const places = ['/usr/share/containers/seccomp.json', '/etc/containers/seccomp.json'];

const condition = z.looseObject({ caps: z.array(z.string()).nullish() });
const ruleSchema = z.looseObject({
  names: z.array(z.string()),
  action: z.string(),
  includes: condition.nullish(),
});
const profileSchema = z.looseObject({ syscalls: z.array(ruleSchema) });
type Profile = z.infer<typeof profileSchema>;

/**
 * Podman gives these to everyone, Docker to none or only with a capability that no process gets here
 * (https://docs.docker.com/engine/security/seccomp/). With `unshare` alone a process becomes root of namespaces of its own, and meets much more of
 * the kernel than it would in production.
 */
const withheld = [
  'fsconfig',
  'fsmount',
  'fsopen',
  'fspick',
  'get_mempolicy',
  'keyctl',
  'mbind',
  'mount',
  'mount_setattr',
  'move_mount',
  'open_tree',
  'pidfd_getfd',
  'pivot_root',
  'reboot',
  'set_mempolicy',
  'setns',
  'syslog',
  'umount',
  'umount2',
  'unshare',
];

/** CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWNS of sched.h. */
const newNamespaces = [0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000, 0x0002_0000];
const anyNamespace = newNamespaces.reduce((all, flag) => all + flag);
const EPERM = 1;
const ENOSYS = 38;

const flags = (mask: number, value: number) => ({
  args: [{ index: 0, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' }],
});
const refused = (names: readonly string[], errnoRet: number) => ({ names, action: 'SCMP_ACT_ERRNO', errnoRet });

/** Takes from a profile of podman's what Docker withholds from processes without CAP_SYS_ADMIN. Pure. */
export function asDocker(profile: Profile): unknown {
  const taken = new Set([...withheld, 'clone', 'clone3']);
  const others = profile.syscalls.map(rule => ({ ...rule, names: rule.names.filter(name => !taken.has(name)) }));
  return {
    ...profile,
    syscalls: [
      ...others.filter(({ names }) => names.length > 0),
      refused(withheld, EPERM),
      { names: ['clone'], action: 'SCMP_ACT_ALLOW', ...flags(anyNamespace, 0) },
      ...newNamespaces.map(flag => ({ ...refused(['clone'], EPERM), ...flags(flag, flag) })),
      // Its flags lie in memory, where no filter looks: callers take it for a kernel without, and use clone.
      refused(['clone3'], ENOSYS),
    ],
  };
}

/** The profile for processes, as JSON; undefined where podman has none in a file. */
export function seccompProfile(): string | undefined {
  const place = places.find(existsSync);
  if (place === undefined) return undefined;
  return JSON.stringify(asDocker(profileSchema.parse(JSON.parse(readFileSync(place, 'utf8')))));
}
