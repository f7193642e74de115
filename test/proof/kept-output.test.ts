import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepOutput } from '../../src/proof/kept-output.ts'

function kept(chunks: (string | Uint8Array)[], bytes = 10_000): string {
  const output = keepOutput(bytes)
  for (const chunk of chunks) output.push(Buffer.from(chunk))
  return output.text()
}

test('Output reads as it would look on a screen: no colours, and of progress lines the last state', () => {
  expect(kept(['\x1b[31mred\x1b[0m\r\n', '10%\r20%\r', '100%\ndone\x07\n'])).toBe('red\n100%\ndone\n')
})

test('However the output is cut into chunks, the same is kept', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 }).filter((text) => !text.includes('\ufffd'))
  fc.assert(
    fc.property(
      text,
      fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 16, max: 400 }),
      (whole, sizes, bytes) => {
        const buffer = Buffer.from(whole)
        const chunks: Uint8Array[] = []
        for (let at = 0, i = 0; at < buffer.length; i += 1) {
          const size = (sizes[i % sizes.length] ?? 0) + 1
          chunks.push(buffer.subarray(at, at + size))
          at += size
        }
        const result = kept(chunks, bytes)
        expect(result).toBe(kept([buffer], bytes))
        // A character that was cut through is left out, not shown as a broken one.
        expect(result).not.toContain('\ufffd')
      },
    ),
    { numRuns: 300 },
  )
})

test('Memory stays bounded over many small chunks', () => {
  const output = keepOutput(4000)
  const chunk = Buffer.from('x')
  for (let i = 0; i < 200_000; i += 1) output.push(chunk)
  expect(output.text()).toContain('196,000 bytes left out')
})

test('What is left out begins and ends between lines, so that no half of a secret is left', () => {
  const lines = Array.from({ length: 400 }, (_, i) => `line ${i} with a secret of many characters`)
  const [head = '', tail = ''] = kept([`${lines.join('\n')}\n`], 1_000).split(/\n… [\d,]+ bytes left out …\n/)
  for (const line of [...head.split('\n'), ...tail.trimEnd().split('\n')]) expect(lines).toContain(line)
})
