/** Whether the engine runs without being root: in the user namespace that `podman unshare` made, where it only looks like root. */
export function isRootless(env: NodeJS.ProcessEnv = process.env): boolean {
  return env._CONTAINERS_USERNS_CONFIGURED !== undefined && (env._CONTAINERS_ROOTLESS_UID ?? '0') !== '0';
}
