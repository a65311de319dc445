const KEY = 'flask-stream.delete-tokens'

/** The delete tokens of what this browser uploaded. */
export function loadTokens(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}')
  } catch {
    return {}
  }
}

export function saveTokens(tokens: Record<string, string>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(tokens))
  } catch {
    // Private windows may refuse; then uploads can be deleted until the page is left.
  }
}
