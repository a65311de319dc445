import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { type Created, deleteUpload, fetchLimits, fetchPage, type Limits } from './api'
import { Card } from './card'
import { type Connection, useLive } from './live'
import { loadTokens, saveTokens } from './tokens'
import { UploadForm } from './upload-form'
import { change, emptyWall } from './wall'

const CONNECTION_TEXT: Record<Connection, string> = {
  connecting: 'Connecting …',
  live: 'Live',
  offline: 'No live updates',
}

const PAGE_SIZE = 12

export function App() {
  const [wall, dispatch] = useReducer(change, emptyWall)
  const [limits, setLimits] = useState<Limits>()
  const [tokens, setTokens] = useState(loadTokens)
  const [problem, setProblem] = useState('')
  const [news, setNews] = useState('')

  const questions = useRef(0)

  const refresh = useCallback(async () => {
    questions.current += 1
    const question = questions.current
    dispatch({ kind: 'asked', question })
    try {
      dispatch({ kind: 'first-page', page: await fetchPage(1), question })
      setProblem('')
    } catch {
      setProblem('The wall could not be loaded.')
    }
  }, [])

  const connection = useLive({
    refresh,
    created: upload => {
      dispatch({ kind: 'created', upload })
      setNews(`New: ${upload.title}`)
    },
    deleted: id => dispatch({ kind: 'deleted', id }),
  })

  useEffect(() => {
    refresh()
    fetchLimits().then(setLimits, () => undefined)
  }, [refresh])

  const remember = (next: Record<string, string>) => {
    setTokens(next)
    saveTokens(next)
  }

  const created = ({ delete_token, ...upload }: Created) => {
    dispatch({ kind: 'created', upload })
    remember({ ...tokens, [upload.id]: delete_token })
  }

  const remove = async (id: string, token: string) => {
    try {
      await deleteUpload(id, token)
      dispatch({ kind: 'deleted', id })
      const { [id]: _gone, ...rest } = tokens
      remember(rest)
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure))
    }
  }

  const more = async () => {
    try {
      // Things arrive and go while one scrolls, so the page to ask for follows from what is on the wall.
      const page = Math.floor(wall.items.length / PAGE_SIZE) + 1
      dispatch({ kind: 'next-page', page: await fetchPage(page) })
    } catch {
      setProblem('The next page could not be loaded.')
    }
  }

  return (
    <>
      <header>
        <h1>
          <img src="/icon.svg" alt="" width="32" height="32" /> flask-stream
        </h1>
        <p className={`connection ${connection}`} role="status">
          {CONNECTION_TEXT[connection]}
        </p>
      </header>
      <main>
        <UploadForm limits={limits} onCreated={created} />
        {problem && (
          <p className="error" role="alert">
            {problem} <button type="button" className="quiet" onClick={refresh}>Try again</button>
          </p>
        )}
        <p className="visually-hidden" aria-live="polite">
          {news}
        </p>
        <section aria-label="Uploads">
          {wall.loaded && wall.items.length === 0 && (
            <p className="empty">Nothing here yet. What you share appears at once for everyone who is looking.</p>
          )}
          <ul className="wall">
            {wall.items.map(upload => {
              const token = tokens[upload.id]
              return (
                <Card key={upload.id} upload={upload} onDelete={token ? () => remove(upload.id, token) : undefined} />
              )
            })}
          </ul>
          {wall.items.length < wall.total && (
            <button type="button" className="more" onClick={more}>
              Show more ({wall.total - wall.items.length})
            </button>
          )}
        </section>
      </main>
    </>
  )
}
