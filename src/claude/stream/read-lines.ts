import type { Readable } from 'node:stream'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { createLineSplitter, MAX_LINE_BYTES } from './stream.ts'

/** After the exit, a pipe that gives nothing for so long is held by somebody else. */
const QUIET_MS = 1_000
/** A loud program has the event loop for so long; then whoever taps or asks is served first. */
const MOST_MS = 2

export interface ReadPorts {
  /** The next line is read when the promise settles: this is how a slow disk slows the program down. */
  onLine: (line: Buffer) => Promise<void>
  onChunk: () => void
  onNote: (words: string) => void
}

/** Reads a stream line by line; `end` waits for what is still in the pipe, but not for somebody who merely holds it. */
export function readLines(stream: Readable | undefined, ports: ReadPorts): { end: () => Promise<void> } {
  const splitter = createLineSplitter()
  let progress = 0
  let ended = false
  let turnedAt = 0

  async function read(): Promise<void> {
    try {
      for await (const chunk of stream ?? []) {
        progress += 1
        ports.onChunk()
        for (const line of splitter.push(chunk as Buffer)) {
          await ports.onLine(line)
          progress += 1
          if (performance.now() - turnedAt < MOST_MS) continue
          await turn()
          turnedAt = performance.now()
        }
      }
    } catch {
      // Let go of by `end`; what came until then was read.
    }
    const rest = splitter.rest()
    if (rest !== undefined) {
      ports.onNote('The output ended in the middle of a line.')
      await ports.onLine(rest)
    }
    if (splitter.dropped() > 0) {
      ports.onNote(`${splitter.dropped()} lines of more than ${MAX_LINE_BYTES / 1024 / 1024} MB were dropped.`)
    }
    ended = true
  }

  const reading = read()
  return {
    end: async () => {
      for (let before = -1; !ended && before !== progress; ) {
        before = progress
        await Promise.race([reading, sleep(QUIET_MS, undefined, { ref: false })])
      }
      if (!ended) stream?.destroy()
      await reading
    },
  }
}
