/** Tools that Quayside has no lock-strict install for: they are known, so that a message can name them. */

/**
 * Such tools by the files that show them. One that locks decides what is installed; one that lists what a developer's machine has does not
 * stand in the way of what the project itself declares.
 */
export const REFUSED_MANAGERS: Readonly<Record<string, { readonly tool: string; readonly isLock?: true }>> = {
  'pixi.lock': { tool: 'Pixi', isLock: true },
  'pixi.toml': { tool: 'Pixi', isLock: true },
  'conda-lock.yml': { tool: 'Conda', isLock: true },
  'environment.yml': { tool: 'Conda' },
  'environment.yaml': { tool: 'Conda' },
  'pylock.toml': { tool: 'pylock.toml', isLock: true },
};
