import type { Page, Upload } from './api'

export interface Wall {
  items: Upload[]
  total: number
  loaded: boolean
}

export type Change =
  | { kind: 'first-page'; page: Page }
  | { kind: 'next-page'; page: Page }
  | { kind: 'created'; upload: Upload }
  | { kind: 'deleted'; id: string }

export const emptyWall: Wall = { items: [], total: 0, loaded: false }

/** The wall after a change. An event may come twice, or for something that a page already brought. */
export function change(wall: Wall, action: Change): Wall {
  switch (action.kind) {
    case 'first-page':
      return { items: action.page.items, total: action.page.total, loaded: true }
    case 'next-page': {
      const known = new Set(wall.items.map(item => item.id))
      const more = action.page.items.filter(item => !known.has(item.id))
      return { ...wall, items: [...wall.items, ...more], total: action.page.total }
    }
    case 'created':
      if (wall.items.some(item => item.id === action.upload.id)) return wall
      return { ...wall, items: [action.upload, ...wall.items], total: wall.total + 1 }
    case 'deleted': {
      const items = wall.items.filter(item => item.id !== action.id)
      return items.length === wall.items.length ? wall : { ...wall, items, total: wall.total - 1 }
    }
  }
}
