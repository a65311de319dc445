import Link from 'next/link';
import { connection } from 'next/server';
import { askBackend } from '../lib/backend';
import { type Digest, STATUS } from '../lib/digest';
import { FeedForm } from './feed-form';

export default async function Home() {
  // The list is that of the request, not that of the day the image was built.
  await connection();
  const digests = (await askBackend<Digest[]>('/api/v1/digests')) ?? [];
  return (
    <>
      <h1>What did I miss?</h1>
      <FeedForm />
      <h2>Newest digests</h2>
      {digests.length === 0 && <p>None yet.</p>}
      <ul className="digests">
        {digests.map(({ id, title, status }) => (
          <li key={id}>
            <Link href={`/digests/${id}`}>{title}</Link> <span className="status">{STATUS[status]}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
