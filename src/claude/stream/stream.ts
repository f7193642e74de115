/** Above this a line is dropped: no message of Claude's is as long, and a line must fit into memory several times. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024

const NEWLINE = 0x0a
const RETURN = 0x0d

/** What a splitter does with one piece of output. */
export interface LineSplitter {
  /** The lines that this chunk ends, without their line ends; empty lines are left out. */
  push: (chunk: Buffer) => Generator<Buffer>
  /** What follows the last line end; undefined when nothing does. */
  rest: () => Buffer | undefined
  /** How many lines were dropped because they were longer than the maximum. */
  dropped: () => number
}

/**
 * Cuts a byte stream into lines. Chunks of an unfinished line are kept as they are and joined once, so that a line of
 * many chunks costs its length and not its square; what is above `maxBytes` is dropped up to its line end.
 */
export function createLineSplitter(maxBytes: number = MAX_LINE_BYTES): LineSplitter {
  let pending: Buffer[] = []
  let pendingBytes = 0
  let skipping = false
  let dropped = 0

  function take(last: Buffer): Buffer | undefined {
    const whole = pending.length === 0 ? last : Buffer.concat([...pending, last])
    pending = []
    pendingBytes = 0
    const end = whole[whole.length - 1] === RETURN ? whole.length - 1 : whole.length
    return end === 0 ? undefined : whole.subarray(0, end)
  }

  function keep(part: Buffer): void {
    if (skipping || part.length === 0) return
    if (pendingBytes + part.length > maxBytes) {
      pending = []
      pendingBytes = 0
      skipping = true
      dropped += 1
      return
    }
    pending.push(part)
    pendingBytes += part.length
  }

  function* push(chunk: Buffer): Generator<Buffer> {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const part = chunk.subarray(from, end)
      from = end + 1
      if (!skipping && pendingBytes + part.length > maxBytes) keep(part)
      if (skipping) {
        skipping = false
        continue
      }
      const line = take(part)
      if (line !== undefined) yield line
    }
    keep(chunk.subarray(from))
  }

  return {
    push,
    rest: () => (pendingBytes === 0 ? undefined : take(Buffer.alloc(0))),
    dropped: () => dropped,
  }
}
