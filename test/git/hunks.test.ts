import { describe, expect, it } from 'vitest'
import { conflictHunks, hunksText } from '../../src/git/worktree/hunks.ts'

const [OURS, THEIRS] = ['a'.repeat(40), 'b'.repeat(40)]
const sides = { ours: { label: OURS, name: 'task 1: One' }, theirs: { label: THEIRS, name: 'task 2: Two' } }
const marked = (ours: string[], theirs: string[]) => [
  `<<<<<<< ${OURS}`,
  ...ours,
  '=======',
  ...theirs,
  `>>>>>>> ${THEIRS}`,
]
const hunks = (lines: string[], end = '\n') => conflictHunks(lines.join('\n') + end, sides)?.split('\n')
const shown = (ours: string[], theirs: string[]) => [
  '<<<<<<< task 1: One',
  ...ours,
  '=======',
  ...theirs,
  '>>>>>>> task 2: Two',
]
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`)

describe('the hunks of a conflict', () => {
  it('are both sides by name, with three lines around them', () => {
    const lines = [...numbered(1, 9), ...marked(['one'], ['two']), ...numbered(10, 20), ...marked(['1'], []), '21']
    expect(hunks(lines)).toEqual([
      ...['@@ line 7 @@', '7', '8', '9', ...shown(['one'], ['two']), '10', '11', '12'],
      ...['@@ line 23 @@', '18', '19', '20', ...shown(['1'], []), '21'],
    ])
  })

  it('are one where they would show a line twice', () => {
    const lines = [...marked(['one'], ['two']), ...numbered(1, 6), ...marked(['three'], ['four'])]
    expect(hunks(lines)).toEqual([
      '@@ line 1 @@',
      ...shown(['one'], ['two']),
      ...numbered(1, 6),
      ...shown(['three'], ['four']),
    ])
  })

  it("leave markers in the user's own text as they are", () => {
    const own = ['<<<<<<< HEAD', 'mine', '=======', 'yours', '>>>>>>> topic']
    expect(hunks([...own, 'text', ...marked(own, ['two'])])).toEqual([
      ...['@@ line 4 @@', 'yours', '>>>>>>> topic', 'text', ...shown(own, ['two'])],
    ])
    expect(hunks(own)).toBeUndefined()
  })

  it('know markers with other line ends, of another length and with the path of a renamed file', () => {
    const crlf = ['a', ...marked(['one'], ['two']), 'b'].map((line) => `${line}\r`)
    expect(hunks(crlf)).toEqual(['@@ line 1 @@', 'a', ...shown(['one'], ['two']), 'b'])
    // That only one side has them is what they disagree on.
    expect(hunks(marked(['same\r'], ['same']))).toEqual(['@@ line 1 @@', ...shown(['same\r'], ['same'])])
    const long = [`<<<<<<<<<< ${OURS}:old name.txt`, 'one', '==========', 'two', `>>>>>>>>>> ${THEIRS}:new.txt`]
    expect(hunks(long)).toEqual(['@@ line 1 @@', ...shown(['one'], ['two']).with(2, '==========')])
  })

  it('need no line break at the end', () => {
    expect(hunks(marked(['one'], ['two']), '')).toEqual(['@@ line 1 @@', ...shown(['one'], ['two'])])
    expect(hunks([...marked(['one\r'], ['two\r']), 'end'], '')).toEqual([
      '@@ line 1 @@',
      ...shown(['one'], ['two']),
      'end',
    ])
  })

  it('are none of a binary file, and text of one that is not UTF-8', () => {
    expect(hunks(['\0', ...marked(['one'], ['two'])])).toBeUndefined()
    expect(hunks(marked(['caf\xe9'], ['caf\xc3\xa9']))).toEqual(['@@ line 1 @@', ...shown(['caf\ufffd'], ['café'])])
  })

  it('end somewhere, and say so', () => {
    const [line = ''] = hunks(marked(['x'.repeat(9_000)], []))?.slice(2, 3) ?? []
    expect([line.length, line.at(-1)]).toEqual([2_000, '…'])
    const files = Array.from({ length: 32 }, (_, i) => ({ path: `${i}\nb.txt`, hunks: 'both' }))
    const text = hunksText(files)
    expect(text.startsWith('"0\\nb.txt"\nboth\n\n"1\\nb.txt"\nboth\n\n')).toBe(true)
    expect(text.endsWith('\n\n… and 2 more files')).toBe(true)
    expect(hunksText([{ path: 'a', hunks: 'x'.repeat(100_000) }])).toHaveLength(60_000)
  })
})
