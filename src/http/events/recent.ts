/** The newest events as frames, so that who was away for a moment costs no reading and no second serialisation. */
export interface Recent {
  add: (seq: number, frame: string) => void
  /** Frames after a place; undefined when they are no longer all here. */
  after: (seq: number) => { seq: number; frame: string }[] | undefined
  newest: () => number
}

const MOST = 1_000
const MOST_CHARS = 4 * 1_024 * 1_024

/** `start` is the place of the newest event that is not in it. */
export function createRecent(start: number): Recent {
  const frames: { seq: number; frame: string }[] = []
  let before = start
  let newest = start
  let chars = 0
  return {
    newest: () => newest,
    add(seq, frame) {
      frames.push({ seq, frame })
      newest = seq
      chars += frame.length
      while (frames.length > MOST || (chars > MOST_CHARS && frames.length > 1)) {
        const dropped = frames.shift()
        before = dropped?.seq ?? before
        chars -= dropped?.frame.length ?? 0
      }
    },
    after(seq) {
      if (seq < before) return undefined
      // From the back: nearly everybody is nearly there.
      let from = frames.length
      while (from > 0 && (frames[from - 1]?.seq ?? 0) > seq) from--
      return frames.slice(from)
    },
  }
}
