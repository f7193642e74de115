import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { readLines } from '../../src/claude/stream/read-lines.ts'

it('lets others have their turn while a program says very much at once', async () => {
  const lines = 20_000
  let read = 0
  let readAtTurn: number | undefined
  setImmediate(() => {
    setImmediate(() => {
      readAtTurn = read
    })
  })
  const reading = readLines(Readable.from([Buffer.from('{"type":"stream_event"}\n'.repeat(lines))]), {
    onLine: async (line) => {
      JSON.parse(line.toString())
      read += 1
    },
    onChunk: () => undefined,
    onNote: () => undefined,
  })
  await reading.end()
  expect(read).toBe(lines)
  expect(readAtTurn).toBeLessThan(lines)
})
