import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { askBackend } from '../../../lib/backend';
import type { Digest } from '../../../lib/digest';
import { LiveDigest } from './live-digest';

interface Props {
  readonly params: Promise<{ id: string }>;
}

const find = cache((id: string) => askBackend<Digest>(`/api/v1/digests/${encodeURIComponent(id)}`));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const digest = await find((await params).id);
  return { title: digest?.title ?? 'Not found' };
}

export default async function DigestPage({ params }: Props) {
  const digest = await find((await params).id);
  if (!digest) notFound();
  return <LiveDigest first={digest} />;
}
