/** The platforms that images are made for. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
