'use client';

import { type Digest, STATUS } from '../../../lib/digest';
import { useDigest } from '../../../lib/use-digest';

/** A digest that shows at once what becomes of it. */
export function LiveDigest({ first }: { first: Digest }) {
  const { title, status, problem, summary, audio_url } = useDigest(first);
  return (
    <article>
      <h1>{title}</h1>
      <p role="status" className={status}>
        {STATUS[status]}
      </p>
      {problem && <p role="alert">{problem}</p>}
      {audio_url && <audio controls preload="metadata" src={audio_url} aria-label="The digest, spoken" />}
      {summary.map((episode, index) => (
        <section key={index}>
          <h2>{episode.title}</h2>
          <p>{episode.text}</p>
        </section>
      ))}
    </article>
  );
}
