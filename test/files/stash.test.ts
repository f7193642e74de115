import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createStash } from '../../src/files/stash.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'baton-stash-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('What was put away comes back as it was, in any order and as often as it is wanted', () => {
  const place = folder()
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 30 }), (contents) => {
      const put = createStash(place)
      const kept = contents.map((content) => put(Buffer.from(content)))
      for (const [i, content] of [...contents.entries()].reverse()) {
        expect(kept[i]?.()).toEqual(Buffer.from(content))
        expect(kept[i]?.()).toEqual(Buffer.from(content))
      }
    }),
    { numRuns: 30 },
  )
})

test('Much and little come back from the file and from memory alike', () => {
  const put = createStash(folder())
  const contents = Array.from({ length: 40 }, (_, i) => Buffer.alloc(i * 1_000, i))
  const kept = contents.map(put)
  for (const [i, take] of kept.entries()) expect(take().equals(contents[i] as Buffer)).toBe(true)
  expect(put(Buffer.from('later'))().toString()).toBe('later')
  expect(kept[39]?.().equals(contents[39] as Buffer)).toBe(true)
})

test('The buffer is used for the next bytes at once, whether they go into the file or cannot', () => {
  for (const place of [folder(), join(folder(), 'missing')]) {
    const put = createStash(place)
    const buffer = Buffer.alloc(300_000)
    const sizes = [10, 0, 200_000, 100_000, 300_000, 5, 262_144, 262_145, 7]
    const kept = sizes.map((size, i) => put(buffer.subarray(0, size).fill(i + 1)))
    buffer.fill(99)
    const order = [4, 8, 0, 2, 1, 7, 6, 5, 3]
    for (const i of order) expect(kept[i]?.().equals(Buffer.alloc(sizes[i] as number, i + 1))).toBe(true)
    expect(put(Buffer.from('later'))().toString()).toBe('later')
  }
})

test('Nobody finds it by a name', () => {
  const place = folder()
  createStash(place)(Buffer.from('bytes'))
  expect(readdirSync(place)).toEqual([])
})

test.runIf(existsSync('/proc/self/fd'))('Bytes that somebody has changed are not given back', () => {
  const place = folder()
  const put = createStash(place)
  const [first, second] = [put(Buffer.from('the first')), put(Buffer.from('the second'))]
  // Only then it is in the file for certain.
  expect(first().toString()).toBe('the first')
  const ours = readdirSync('/proc/self/fd').find((fd) => leadsTo(`/proc/self/fd/${fd}`).startsWith(place)) as string
  const bytes = readFileSync(`/proc/self/fd/${ours}`)
  bytes[0] = 'T'.charCodeAt(0)
  writeFileSync(`/proc/self/fd/${ours}`, bytes)
  expect(first).toThrow(/not what it was/)
  expect(second().toString()).toBe('the second')
  writeFileSync(`/proc/self/fd/${ours}`, '')
  expect(second).toThrow(/not what it was/)
})

test('Where no file can be written, the bytes stay in memory', () => {
  const take = createStash(join(folder(), 'missing'))(Buffer.from('bytes'))
  expect(take().toString()).toBe('bytes')
})

function leadsTo(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
