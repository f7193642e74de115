import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../../src/core/types.ts'
import { testsOf, tryNewTests } from '../../src/proof/new-tests.ts'

const result = (name: string, ok: boolean, timedOut = false): CheckResult => {
  return { name, command: name, ok, durationMs: 1, output: '', ...(timedOut && { timedOut }) }
}
const tried = (withTests: CheckResult[], without: Record<string, boolean> = {}) =>
  tryNewTests(
    {
      withTests: async () => withTests,
      withoutTests: async (places) =>
        places.map((place) => result(withTests[place]?.name ?? '', without[withTests[place]?.name ?? ''] ?? false)),
    },
    1,
  )

describe('new tests on the tree before the task', () => {
  it('prove it when a check fails with them and passes without', async () => {
    expect(await tried([result('lint', true), result('test', false)], { test: true })).toMatchObject({
      kind: 'proved',
      by: 'test',
    })
    // A check that was red before does not hide one that was not.
    expect(await tried([result('lint', false), result('test', false)], { test: true })).toMatchObject({ by: 'test' })
  })

  it('do not when every check passes with them, or when it only takes too long', async () => {
    expect(await tried([result('test', true)])).toMatchObject({ kind: 'not-proved' })
    expect(await tried([result('test', false, true)], { test: true })).toMatchObject({ kind: 'not-proved' })
  })

  it('say nothing where what fails fails without them, too', async () => {
    expect(await tried([result('test', false)])).toMatchObject({ kind: 'unknown' })
  })

  it('are told by names and places, with the data that they read', () => {
    const file = (path: string, change: 'A' | 'M' | 'D' = 'A') => ({ path, change })
    const files = ['src/a.ts', 'src/a.test.ts', 'tests/data.json', 'testdata/x.golden', 'pkg/a_test.go', 'README.md']
    expect(testsOf([...files.map((path) => file(path)), file('gone.test.ts', 'D')])).toEqual([
      'src/a.test.ts',
      'tests/data.json',
      'testdata/x.golden',
      'pkg/a_test.go',
    ])
  })

  it.each([
    'Shop.Tests/CartFacts.cs',
    'Sources/ShopTests/Cart.swift',
    'src/CartTest.php',
    'lib/cart_test.exs',
    'cart_test.cc',
    'test_cart.cpp',
    'features/buy.feature',
    't/cart.t',
    'CartSpec.hs',
  ])('are told in languages that the guard does not read: %s', (path) => {
    expect(testsOf([{ path, change: 'A' }])).toEqual([path])
  })

  it.each(['src/contest.php', 'lib/latest.cs', 'src/Attest.swift', 'src/protests.cpp', 'testament.dart'])(
    'are not told by a name that only sounds so: %s',
    (path) => {
      expect(testsOf([{ path, change: 'A' }])).toEqual([])
    },
  )
})
