import { describe, expect, it } from 'vitest'
import { asideFindings } from '../../src/workspace/evidence/aside-findings.ts'

const found = (changed: string[], removed: string[] = [], files: string[] = [], isWhole = true) =>
  asideFindings(
    { changed, removed, isWhole },
    files.map((path) => ({ path })),
  )

describe('what was changed beside the checkpoints', () => {
  it('is one line, with folders as one', () => {
    expect(found(['.env.local', 'dist/a.js', 'dist/b.js'], ['data.db', 'uploads/2026/'])).toEqual([
      {
        kind: 'not-undoable',
        weight: 'tell',
        lasting: true,
        text: 'Changed where undo cannot restore it (ignored by git, or a separate repository): data.db (removed), uploads/2026/ (something removed), .env.local, dist/ (2 files).',
      },
    ])
  })

  it('is cut to a few names, and says when not all was looked at', () => {
    const [one] = found(
      Array.from({ length: 9 }, (_, i) => `${i}.log`),
      [],
      [],
      false,
    )
    expect(one?.text).toMatch(/5\.log, 3 more\. There may be more: only part of it was checked\.$/)
  })

  it('is nothing when nothing was changed', () => {
    expect(found([])).toEqual([])
  })
})

describe('an installed package', () => {
  const asks = (...args: Parameters<typeof found>) => found(...args).filter(({ weight }) => weight === 'ask')

  it('that was patched by hand is for a person to decide', () => {
    expect(asks(['node_modules/vitest/dist/index.js'])).toMatchObject([
      { kind: 'check-changed', path: 'node_modules/vitest/dist/index.js' },
    ])
    expect(asks(['.venv/lib/python3.12/site-packages/_pytest/runner.py'])).toHaveLength(1)
    expect(asks(['web/node_modules/@jest/core/build/x.cjs'])).toHaveLength(1)
  })

  it.each([
    [['node_modules/a/index.js', 'node_modules/.package-lock.json'], []],
    [['node_modules/a/index.js', 'node_modules/.bin/a'], []],
    [['node_modules/a/index.js'], ['package.json']],
    [['.venv/lib/site-packages/a/x.py', '.venv/lib/site-packages/a-1.dist-info/RECORD'], []],
    [['node_modules/.cache/babel/x.json', 'node_modules/.vite/vitest/results.json'], []],
    [['.venv/lib/site-packages/a/__pycache__/x.py'], []],
    [Array.from({ length: 6 }, (_, i) => `node_modules/p${i}/index.js`), []],
  ])('that was installed, or holds what tools keep, is not: %j %j', (changed, files) => {
    expect(asks(changed, [], files)).toEqual([])
  })
})
