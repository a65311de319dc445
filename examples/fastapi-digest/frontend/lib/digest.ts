/** A digest as the interface tells it; digest/models.py is where these names come from. */
export interface Digest {
  readonly id: string;
  readonly title: string;
  readonly length: 'short' | 'medium' | 'long';
  readonly status: 'queued' | 'reading' | 'speaking' | 'done' | 'failed';
  readonly created_at: number;
  readonly summary: readonly { readonly title: string; readonly text: string }[];
  readonly audio_url: string | null;
  readonly audio_seconds: number | null;
  readonly problem: string | null;
}

/** What people read for a status. */
export const STATUS: Readonly<Record<Digest['status'], string>> = {
  queued: 'Waiting for a worker',
  reading: 'Reading the feed',
  speaking: 'Speaking',
  done: 'Ready',
  failed: 'Failed',
};

/** Whether nothing will change any more. */
export function isOver({ status }: Digest): boolean {
  return status === 'done' || status === 'failed';
}
