import type { Upload } from './api'
import { formatDuration, formatSize, formatTime } from './format'

interface Props {
  upload: Upload
  onDelete?: () => void
}

export function Card({ upload, onDelete }: Props) {
  const ratio = upload.width && upload.height ? { width: upload.width, height: upload.height } : {}
  return (
    <li className="card">
      <a href={upload.url} target="_blank" rel="noreferrer">
        <img src={upload.thumbnail_url} alt={upload.title} loading="lazy" {...ratio} />
        {upload.kind === 'video' && (
          <span className="badge">▶ {upload.duration === null ? 'clip' : formatDuration(upload.duration)}</span>
        )}
      </a>
      <div className="caption">
        <h2>{upload.title}</h2>
        <p>
          <time dateTime={upload.created_at}>{formatTime(upload.created_at)}</time> · {formatSize(upload.size)}
        </p>
        {onDelete && (
          <button type="button" className="quiet" onClick={onDelete} aria-label={`Delete ${upload.title}`}>
            Delete
          </button>
        )}
      </div>
    </li>
  )
}
