import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JsonNode, readJson } from '../../src/taskfile/json/json-text.ts'

function plain(node: JsonNode): unknown {
  if (node.kind === 'list') return node.items.map(plain)
  if (node.kind !== 'object') return node.value
  return Object.fromEntries(node.members.map(({ name, value }) => [name, plain(value)]))
}

function taken(text: string): { value: unknown } | undefined {
  const read = readJson(text)
  return 'problem' in read ? undefined : { value: plain(read) }
}

function byTheBook(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const pieces = fc.constantFrom(
  ...['{', '}', '[', ']', ',', ':', '"a"', '"', '\\', '\\u00', '\\n', '1', '-', '0', '01', '.5', '1e3', 'true', 'null'],
  ...[
    'nul',
    'NaN',
    "'a'",
    '//',
    '\n',
    '\t',
    ' ',
    '\r',
    '\u00a0',
    '\u2028',
    '\ud800',
    '\0',
    '{"a":',
    '[1,',
    '"\\ud800"',
  ],
)

describe('JSON with places', () => {
  test('takes exactly what JSON.parse takes, and reads the same', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        expect(taken(text)).toEqual(byTheBook(text))
      }),
      { numRuns: 3_000 },
    )
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), fc.constantFrom('', ',', '"', '}', 'x'), (json, at, put) => {
        const cut = at % (json.length + 1)
        for (const text of [json, `\n${json}\r\n`, json.slice(0, cut) + put + json.slice(cut)]) {
          const book = byTheBook(text)
          // Of a name that appears twice both are reported; JSON.parse keeps the last one, and so does this comparison.
          expect(taken(text)).toEqual(book && { value: JSON.parse(text) })
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    ['{"a": 1,}', 7, 'There is nothing after this comma'.toLowerCase()],
    ['{"a": 1 "b": 2}', 8, 'a comma is missing before this'],
    ['{"a" 1}', 5, 'a colon is missing'],
    ["{'a': 1}", 1, 'double quotes'],
    ['{a: 1}', 1, 'a name in double quotes is missing'],
    ['[1, // one\n2]', 4, 'it has no comments'.toLowerCase()],
    ['{"a": "x\ny"}', 8, 'a line break inside'],
    ['{"a": "\\d"}', 7, 'not an escape'],
    ['{"a": [1, 2', 6, 'this [ is never closed'],
    ['{"a": "b', 6, 'this string is never closed'],
    ['[True]', 1, 'a value is missing here'],
    ['{} x', 3, 'there is something after the end'],
    ['\ufeff[1 2]', 4, 'a comma is missing'],
    ['['.repeat(200_000), 101, 'nested more than 100 deep'],
    ['', 0, 'the file ends too early'],
  ])('%#: says where %j stops being JSON, and why', (text, at, words) => {
    const read = readJson(text)
    if (!('problem' in read)) throw new Error('taken')
    expect([read.problem.at, read.problem.message.toLowerCase()]).toEqual([at, expect.stringContaining(words)])
  })
})
