import { describe, expect, it } from 'vitest'
import { BASE } from '../../../faults/cheats/base.ts'
import { findTampering } from '../../../src/proof/guard/guard.ts'
import type { ChangedFile } from '../../../src/proof/guard/types.ts'

const edited = (path: string, ...pairs: [string | RegExp, string][]): ChangedFile => {
  const before = BASE[path] as string
  const after = pairs.reduce((text, [from, to]) => text.replace(from, () => to), before)
  return { path, before, after }
}
const texts = (...files: ChangedFile[]) =>
  findTampering(files, { commands: ['npm test'], folder: '', before: (path) => BASE[path] }).map(
    ({ weight, text }) => `${weight}: ${text}`,
  )

/** Honest, and still for a person to see: what matters is that it is said as it is. */
describe('what is asked about in honest work', () => {
  it('is a part of the program that went with its test', () => {
    const [source, test] = [
      edited('src/cart.js', [/export async function total[\s\S]*/, '']),
      edited('test/cart.test.js', [/\n {2}it\('sums[\s\S]*?\n {2}}\)\n/, ''], [', total', '']),
    ]
    expect(texts(source, test)).toEqual(['ask: The test “sums a cart” is gone, and so is total, which it used.'])
    // Without the program's part it is a test that was deleted.
    expect(texts(test)).toEqual(['ask: The test “sums a cart” is gone.'])
  })

  it('is only told when the whole module went', () => {
    const gone = (path: string): ChangedFile => ({ path, before: BASE[path] as string })
    expect(texts(gone('src/cart.js'), gone('test/cart.test.js')).every((text) => text.startsWith('tell: '))).toBe(true)
  })

  it('is a snapshot that was recorded again with a change of what it shows', () => {
    const snapshot = edited('test/__snapshots__/page.test.js.snap', ['<h1>Cart</h1>', '<h1 class="big">Cart</h1>'])
    expect(texts(snapshot, edited('src/page.js', ['<h1>', '<h1 class="big">']))).toEqual([
      'ask: Recorded snapshots were rewritten, along with src/page.js.',
    ])
    expect(texts(snapshot)).toEqual(['ask: Recorded snapshots were rewritten.'])
  })
})

it('holds no test to what another one asserts beside a helper of one line', () => {
  const text = `import { expect, it } from 'vitest'
const short = (name: string) =>
  name.slice(0, 3)
const long = (name: string) => name.repeat(3)

it('is short', () => {
  expect(short('abcdef')).toBe('abc')
})

it('is long', () => {
  expect(long('a')).toBe('aaa')
  expect(short('abcdef')).toBe('abc')
})
`
  const after = text.replace("  expect(long('a')).toBe('aaa')\n", '')
  expect(texts({ path: 'test/name.test.ts', before: text, after })).toEqual([
    'ask: The test “is long” asserts less than before.',
  ])
})

it('knows what a helper asserts, whatever its form', () => {
  for (const helper of [
    'function check(sum) {\n  expect(sum.net).toBe(1)\n  expect(sum.tax).toBe(2)\n}\n',
    'const check = (sum) => {\n  expect(sum.net).toBe(1)\n  expect(sum.tax).toBe(2)\n}\n',
    'const check = async ({ net, tax }: { net: number; tax: number }) =>\n  expect([net, tax]).toEqual([1, 2])\n',
  ]) {
    const before = `${helper}\nit('sums', () => {\n  check(sum)\n})\n`
    const after = before.replace('  check(sum)\n', '')
    expect(texts({ path: 'test/a.test.ts', before, after }), helper).toHaveLength(1)
    expect(
      texts({ path: 'test/a.test.ts', before, after: before.replace(/ {2}expect.*\n/g, '  null\n') }),
      helper,
    ).toHaveLength(1)
  }
})
