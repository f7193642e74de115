import { describe, expect, it } from 'vitest'
import { BASE } from '../../../faults/cheats/base.ts'
import { CHEATS, type Change, HONEST } from '../../../faults/cheats/kinds.ts'
import { findTampering } from '../../../src/proof/guard/guard.ts'
import type { ChangedFile } from '../../../src/proof/guard/types.ts'

/** The change as git tells it: one file that went and one that came with most of its text are a rename. */
function changed({ write, before }: Change): ChangedFile[] {
  const was = { ...BASE, ...before }
  const files = Object.entries(write).map(
    ([path, after]): ChangedFile => ({
      path,
      ...(was[path] !== undefined && { before: was[path] }),
      ...(after !== null && { after }),
    }),
  )
  const [went, ...others] = files.filter(({ after }) => after === undefined)
  const [came, ...more] = files.filter(({ before }) => before === undefined)
  if (!went || !came || others.length + more.length > 0) return files
  const rename: ChangedFile = { ...came, from: went.path, before: went.before ?? '' }
  return [...files.filter((file) => file !== went && file !== came), rename]
}

const found = (change: Change) =>
  findTampering(changed(change), {
    commands: [change.verify ?? 'npm test'],
    folder: '',
    before: (path) => ({ ...BASE, ...change.before })[path],
  })

const inFiles = CHEATS.filter(({ shell, says }) => shell === undefined && says === undefined).map(
  (change) => [change.name, change] as const,
)

describe('the guard', () => {
  it.each(inFiles)('finds that the agent %s', (_, change) => {
    expect(found(change)).not.toEqual([])
  })

  it('keeps all but a new expectation from being done unasked', () => {
    const told = inFiles.filter(([, change]) => !found(change).some(({ weight }) => weight === 'ask'))
    expect(told.map(([name]) => name)).toEqual(['expects another value (JS)'])
  })

  it.each(HONEST.map((change) => [change.name, change] as const))('asks nothing when the agent %s', (_, change) => {
    expect(found(change).filter(({ weight }) => weight === 'ask')).toEqual([])
  })

  it('says nothing when nothing changed', () => {
    const same = Object.entries(BASE).map(([path, text]) => ({ path, before: text, after: text }))
    expect(
      findTampering(same, { commands: ['npm test', 'make test'], folder: '', before: (path) => BASE[path] }),
    ).toEqual([])
  })
})
