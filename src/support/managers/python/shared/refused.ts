/** Tools that Quayside has no lock-strict install for: they are known, so that a message can name them. */

/** Names of such tools by the files that show them. */
export const REFUSED_MANAGERS: Readonly<Record<string, string>> = {
  'pixi.lock': 'Pixi',
  'pixi.toml': 'Pixi',
  'conda-lock.yml': 'Conda',
  'environment.yml': 'Conda',
  'environment.yaml': 'Conda',
  'pylock.toml': 'pylock.toml',
};
