import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import './style.css';

export const metadata: Metadata = {
  title: { default: 'Podcast digest', template: '%s – Podcast digest' },
  description: 'A podcast’s feed as a short digest, to read and to listen to',
  icons: '/icon.svg',
};

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <header>
          <Link href="/">Podcast digest</Link>
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}
