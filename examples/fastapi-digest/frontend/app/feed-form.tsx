'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState, useSyncExternalStore } from 'react';
import type { Digest } from '../lib/digest';

/** Sends a feed and goes to its digest. */
export function FeedForm() {
  const router = useRouter();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  // Before the script is there, the browser itself would send the form, to nowhere.
  const ready = useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const response = await fetch('/api/v1/digests', { method: 'POST', body: new FormData(event.currentTarget) });
      const answer: unknown = await response.json();
      if (response.ok) router.push(`/digests/${(answer as Digest).id}`);
      else setProblem(reasonIn(answer));
    } catch {
      setProblem('The server does not answer.');
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send}>
      <label>
        Feed (RSS file) <input type="file" name="feed" accept=".xml,.rss,application/rss+xml" required />
      </label>
      <label>
        Length{' '}
        <select name="length" defaultValue="medium">
          <option value="short">short</option>
          <option value="medium">medium</option>
          <option value="long">long</option>
        </select>
      </label>
      <button disabled={busy || !ready}>Make a digest</button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}

function reasonIn(answer: unknown): string {
  const detail = (answer as { detail?: unknown }).detail;
  return typeof detail === 'string' ? detail : 'The server did not accept that.';
}
