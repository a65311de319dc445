/** What quayside.yaml says of publishing. */
import * as z from 'zod';
import { anyOf } from '../diagnostics/listing.js';
import { PLATFORMS } from '../support/platforms.js';
import { word } from './values.js';

const platformList = 'a list such as [linux/amd64, linux/arm64]';
const host = 'a host such as auth.example.com';

export const publishing = z
  .strictObject(
    {
      address: word('the address of a repository such as ghcr.io/acme/shop')
        .describe(
          "Repository that the images are published to. The web server's has this name, others their own behind a hyphen.",
        )
        .optional(),
      platforms: z
        .array(z.enum(PLATFORMS, { error: anyOf(PLATFORMS) }), { error: platformList })
        .min(1, { error: platformList })
        .describe("Platforms that the images are for. Default: the engine's own.")
        .optional(),
      tokenServer: z
        .string({ error: host })
        .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i, { error: host })
        .describe(
          'Host of the server that gives tokens for the registry, and gets its credentials, where that is none of the same owner by its name.',
        )
        .optional(),
    },
    { error: 'a mapping with address, platforms and tokenServer' },
  )
  .describe('Where images are published, and for what.');
