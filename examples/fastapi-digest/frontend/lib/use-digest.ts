'use client';

import { useEffect, useState } from 'react';
import { type Digest, isOver } from './digest';

const AGAIN_MS = 1000;

/** A digest as it becomes, by WebSocket; when that does not work (some proxies), by asking again and again. */
export function useDigest(first: Digest): Digest {
  const [digest, setDigest] = useState(first);
  const over = isOver(digest);

  useEffect(() => {
    if (over) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const ask = async () => {
      const response = await fetch(`/api/v1/digests/${first.id}`).catch(() => undefined);
      if (stopped) return;
      if (response?.ok) setDigest((await response.json()) as Digest);
      timer = setTimeout(ask, AGAIN_MS);
    };
    const url = new URL(`/api/v1/ws/${first.id}`, window.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    socket.onmessage = event => setDigest(JSON.parse(String(event.data)) as Digest);
    socket.onclose = () => {
      if (!stopped) timer = setTimeout(ask, AGAIN_MS);
    };
    return () => {
      stopped = true;
      clearTimeout(timer);
      socket.close();
    };
  }, [first.id, over]);

  return digest;
}
