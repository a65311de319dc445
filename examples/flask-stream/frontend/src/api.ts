export interface Upload {
  id: string
  title: string
  kind: 'image' | 'video'
  content_type: string
  size: number
  width: number | null
  height: number | null
  duration: number | null
  created_at: string
  url: string
  thumbnail_url: string
}

export interface Page {
  items: Upload[]
  page: number
  pages: number
  total: number
}

export interface Limits {
  max_bytes: number
  accept: string[]
}

export type Created = Upload & { delete_token: string }

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`The server answered ${response.status}.`)
  return response.json()
}

export const fetchPage = (page: number) => get<Page>(`/api/uploads?page=${page}`)
export const fetchLimits = () => get<Limits>('/api/limits')

/** Sends a file; `fetch` cannot report progress, XMLHttpRequest can. */
export function sendFile(file: File, title: string, onProgress: (part: number) => void): Promise<Created> {
  return new Promise((resolve, reject) => {
    const form = new FormData()
    form.append('title', title)
    form.append('file', file)
    const request = new XMLHttpRequest()
    request.open('POST', '/api/uploads')
    request.responseType = 'json'
    request.upload.onprogress = event => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onload = () => {
      if (request.status === 201) resolve(request.response)
      else reject(new Error(request.response?.error?.message ?? `The server answered ${request.status}.`))
    }
    request.onerror = () => reject(new Error('The connection was lost.'))
    request.send(form)
  })
}

export async function deleteUpload(id: string, token: string): Promise<void> {
  const response = await fetch(`/api/uploads/${id}`, { method: 'DELETE', headers: { 'X-Delete-Token': token } })
  if (!response.ok && response.status !== 404) throw new Error('It could not be deleted.')
}
