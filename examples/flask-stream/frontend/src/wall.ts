import type { Page, Upload } from './api'

export interface Wall {
  items: Upload[]
  total: number
  loaded: boolean
  /** Which first page was asked for last; an answer to an older question is out of date. */
  asked: number
  /** What happened since then, until the answer is there: it may have been made before. */
  since: News[] | undefined
}

type News = { kind: 'created'; upload: Upload } | { kind: 'deleted'; id: string }

export type Change =
  | { kind: 'asked'; question: number }
  | { kind: 'first-page'; page: Page; question: number }
  | { kind: 'next-page'; page: Page }
  | News

export const emptyWall: Wall = { items: [], total: 0, loaded: false, asked: 0, since: undefined }

/** The wall after a change. An event may come twice, for what a page already brought, or before a page that knows nothing of it. */
export function change(wall: Wall, action: Change): Wall {
  switch (action.kind) {
    case 'asked':
      return { ...wall, asked: action.question, since: [] }
    case 'first-page': {
      if (action.question !== wall.asked) return wall
      const { items, total } = action.page
      return (wall.since ?? []).reduce(happen, { ...wall, items, total, loaded: true, since: undefined })
    }
    case 'next-page': {
      const known = new Set(wall.items.map(item => item.id))
      const more = action.page.items.filter(item => !known.has(item.id))
      return { ...wall, items: [...wall.items, ...more], total: action.page.total }
    }
    default:
      return happen({ ...wall, since: wall.since && [...wall.since, action] }, action)
  }
}

function happen(wall: Wall, news: News): Wall {
  if (news.kind === 'created') {
    if (wall.items.some(item => item.id === news.upload.id)) return wall
    return { ...wall, items: [news.upload, ...wall.items], total: wall.total + 1 }
  }
  const items = wall.items.filter(item => item.id !== news.id)
  return items.length === wall.items.length ? wall : { ...wall, items, total: wall.total - 1 }
}
