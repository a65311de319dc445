import { type DragEvent, type FormEvent, useRef, useState } from 'react'
import { type Created, type Limits, sendFile } from './api'
import { formatSize } from './format'

interface Props {
  limits: Limits | undefined
  onCreated(upload: Created): void
}

export function UploadForm({ limits, onCreated }: Props) {
  const [file, setFile] = useState<File>()
  const [title, setTitle] = useState('')
  const [progress, setProgress] = useState<number>()
  const [error, setError] = useState('')
  const [dragging, setDragging] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const busy = progress !== undefined

  const choose = (chosen: File | undefined) => {
    setError('')
    if (chosen && limits && chosen.size > limits.max_bytes) {
      setFile(undefined)
      setError(`${chosen.name} is larger than ${formatSize(limits.max_bytes)}.`)
      return
    }
    setFile(chosen)
  }

  const drop = (event: DragEvent) => {
    event.preventDefault()
    setDragging(false)
    if (!busy) choose(event.dataTransfer.files[0])
  }

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!file || busy) return
    setError('')
    setProgress(0)
    try {
      onCreated(await sendFile(file, title, setProgress))
      setFile(undefined)
      setTitle('')
      if (input.current) input.current.value = ''
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure))
    } finally {
      setProgress(undefined)
    }
  }

  return (
    <form
      className={dragging ? 'upload dragging' : 'upload'}
      onSubmit={submit}
      onDragOver={event => {
        event.preventDefault()
        setDragging(true)
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={drop}
    >
      <label className="file">
        <span>Picture or clip</span>
        <input
          ref={input}
          type="file"
          accept={limits?.accept.join(',')}
          disabled={busy}
          onChange={event => choose(event.target.files?.[0])}
        />
        <small>
          {file ? `${file.name}, ${formatSize(file.size)}` : 'Choose a file or drop one here'}
          {limits && !file && `, up to ${formatSize(limits.max_bytes)}`}
        </small>
      </label>
      <label>
        <span>Title</span>
        <input
          type="text"
          value={title}
          maxLength={200}
          placeholder="optional"
          disabled={busy}
          onChange={event => setTitle(event.target.value)}
        />
      </label>
      <button type="submit" disabled={!file || busy}>
        {busy ? 'Sending …' : 'Share'}
      </button>
      {busy && (
        <progress aria-label="Upload progress" max={1} value={progress < 1 ? progress : undefined}>
          {Math.round(progress * 100)} %
        </progress>
      )}
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </form>
  )
}
