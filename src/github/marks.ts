const MARK = /<!-- baton:([\w./:#-]{1,200}) -->/g

/** What Baton puts into everything it posts, unseen by readers: by it a comment is found again, and never mistaken for a person's. */
export function markOf(key: string): string {
  const mark = `<!-- baton:${key} -->`
  if (![...mark.matchAll(MARK)].some(([found]) => found === mark)) throw new Error(`“${key}” cannot be a mark.`)
  return mark
}

/** The key of the last mark in a text: Baton's own stands at the end, behind whatever it quotes. */
export const keyIn = (text: string | null | undefined): string | undefined =>
  [...(text ?? '').trimEnd().matchAll(MARK)].at(-1)?.[1]
