import { useEffect, useRef, useState } from 'react'
import type { Upload } from './api'

export type Connection = 'connecting' | 'live' | 'offline'

export interface Listener {
  created(upload: Upload): void
  deleted(id: string): void
  /** The list may have changed in ways that no event tells. */
  refresh(): void
}

const RECONNECT_MILLISECONDS = 5000

/** Listens to the live stream for as long as the component is there. */
export function useLive(listener: Listener): Connection {
  const [connection, setConnection] = useState<Connection>('connecting')
  const current = useRef(listener)
  useEffect(() => {
    current.current = listener
  })

  useEffect(() => {
    let source: EventSource
    let timer: number | undefined

    const connect = () => {
      source = new EventSource('/events')
      source.onopen = () => setConnection('live')
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) {
          // The browser gives up after an answer like 503; it reconnects by itself only after a lost connection.
          setConnection('offline')
          timer = window.setTimeout(connect, RECONNECT_MILLISECONDS)
        } else {
          setConnection('connecting')
        }
      }
      source.addEventListener('hello', () => current.current.refresh())
      source.addEventListener('reset', () => current.current.refresh())
      source.addEventListener('upload.created', event => current.current.created(JSON.parse(event.data)))
      source.addEventListener('upload.deleted', event => current.current.deleted(JSON.parse(event.data).id))
    }

    connect()
    return () => {
      window.clearTimeout(timer)
      source.close()
    }
  }, [])

  return connection
}
