import { expect, it } from 'vitest'
import { filesOverlap } from '../../src/core/lanes/overlap.ts'

it.each([
  [['src/a.ts'], ['src/a.ts'], true],
  [['src/a.ts'], ['src/b.ts'], false],
  [['src'], ['src/deep/b.ts'], true],
  [['./src/'], ['src/b.ts'], true],
  [['src/**'], ['src/b.ts'], true],
  [['src/**/*.test.ts'], ['src/a/b.test.ts'], true],
  [['src/*.ts'], ['src/a.css'], false],
  [['docs/*.md'], ['src/*.md'], false],
  [['**/*.md'], ['docs/a.md'], true],
  [[], ['src/a.ts'], false],
  [undefined, undefined, false],
])('%j and %j can name the same file: %s', (these, those, expected) => {
  expect(filesOverlap(these, those)).toBe(expected)
  expect(filesOverlap(those, these)).toBe(expected)
})
