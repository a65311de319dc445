/** What is known of an address that something was downloaded from. */
import * as z from 'zod';
import type { Validators } from './downloads.js';
import type { RecordKind } from './records.js';

export interface DownloadRecord extends Validators {
  readonly sha256: string;
}

export const downloadRecord: RecordKind<DownloadRecord> = {
  what: 'what is known of an address',
  schema: z.object({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    etag: z.string().optional(),
    lastModified: z.string().optional(),
  }),
};
