import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineSplitter } from '../../src/claude/stream/stream.ts'

function split(chunks: Buffer[], maxBytes?: number): { lines: string[]; rest: string | undefined; dropped: number } {
  const splitter = createLineSplitter(maxBytes)
  const lines = chunks.flatMap((chunk) => [...splitter.push(chunk)].map((line) => line.toString('latin1')))
  return { lines, rest: splitter.rest()?.toString('latin1'), dropped: splitter.dropped() }
}

/** The same bytes in other pieces. */
function cut(bytes: Buffer, sizes: number[]): Buffer[] {
  const chunks: Buffer[] = []
  let from = 0
  for (const size of sizes) {
    chunks.push(bytes.subarray(from, from + size))
    from += size
  }
  return [...chunks, bytes.subarray(from)]
}

describe('the line splitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const bytes = fc
      .uint8Array({ maxLength: 300 })
      .map((array) => Buffer.from(array.map((byte) => (byte % 5 ? byte : 10))))
    fc.assert(
      fc.property(bytes, fc.array(fc.nat({ max: 40 })), (whole, sizes) => {
        const text = whole.toString('latin1')
        const parts = text.split('\n')
        const last = parts.pop() ?? ''
        const clean = (line: string): string => line.replace(/\r$/, '')
        const { lines, rest } = split(cut(whole, sizes))
        expect(lines).toEqual(parts.map(clean).filter((line) => line !== ''))
        expect(rest ?? '').toBe(clean(last))
      }),
    )
  })

  it('takes both kinds of line ends off, and leaves out empty lines', () => {
    expect(split([Buffer.from('a\r\n\r\n\nb\rc\n'), Buffer.from('d\r')])).toEqual({
      lines: ['a', 'b\rc'],
      rest: 'd',
      dropped: 0,
    })
  })

  it('keeps a line of the maximum and drops a longer one up to its end', () => {
    const chunks = ['aaaa\n', 'bb', 'bbb', 'bb\ncc', '\n'].map((text) => Buffer.from(text))
    expect(split(chunks, 4)).toEqual({ lines: ['aaaa', 'cc'], rest: undefined, dropped: 1 })
  })

  it('drops a line that never ends without keeping it', () => {
    const chunks = Array.from({ length: 100 }, () => Buffer.alloc(10, 'x'))
    expect(split(chunks, 50)).toEqual({ lines: [], rest: undefined, dropped: 1 })
  })

  it('takes a line of many small chunks (a quadratic step would take minutes)', () => {
    const splitter = createLineSplitter()
    const chunk = Buffer.alloc(1024, 'x')
    for (let i = 0; i < 48_000; i++) for (const _ of splitter.push(chunk)) throw new Error('there is no line yet')
    const [line] = [...splitter.push(Buffer.from('\n'))]
    expect(line).toHaveLength(48_000 * chunk.length)
  })
})
