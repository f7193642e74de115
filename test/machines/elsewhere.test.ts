import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ProjectConfig } from '../../src/config/types.ts'
import { createElsewhere } from '../../src/machines/elsewhere.ts'
import { MachinesError, type NewOffer, type RunResult } from '../../src/machines/machines.ts'
import { offerKnown } from '../../src/machines/offer-known.ts'
import type { FileGuard } from '../../src/sources/files/file-guard.ts'
import { createFileSource } from '../../src/sources/files/source.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const ANNA = { surface: 'telegram', id: '4711', name: 'Anna' } as const

/** A machine `one`, labelled `gpu`, with a file of tasks. */
function house() {
  const home = mkdtempSync(join(tmpdir(), 'elsewhere-'))
  mkdirSync(join(home, 'tasks'))
  writeFileSync(join(home, 'tasks/a.md'), '## Task 1: A\n**Run:** true\n')
  const config = { home, machine: { name: 'one', labels: ['gpu'] } }
  const project = { name: 'web', path: home, order: 'written' } as ProjectConfig
  const guard: FileGuard = {
    look: () => undefined,
    settle: () => undefined,
    alone: (work) => work(),
    writing: (_, write) => write(),
  }
  const source = createFileSource({ config: { ...config, stateDir: join(home, '.baton') }, project, guard })
  const offers: NewOffer[] = []
  const offer = async (made: NewOffer) => {
    if (made.target === 'nobody') throw new MachinesError('No machine is called nobody.')
    if (made.target === 'away') throw Object.assign(new Error(''), { code: 'ECONNREFUSED' })
    offers.push(made)
    return { id: '1', already: offers.length > 1 }
  }
  const start = (machine: string, member?: Parameters<typeof createElsewhere>[1]) =>
    createElsewhere(config, member).of(project, source)(
      { machine, files: ['tasks/a.md'], command: { type: 'start', only: [1] } },
      ANNA,
    )
  return {
    offers,
    noteDone: (result: RunResult) => {
      const { of, noteDone } = createElsewhere(config, undefined)
      of(project, source)
      return noteDone({ project: 'web', files: ['tasks/a.md'], result })
    },
    read: () => readFileSync(join(home, 'tasks/a.md'), 'utf8'),
    alone: (machine: string) => start(machine),
    among: (machine: string) => start(machine, () => ({ offer })),
    early: () => start('two', () => undefined),
  }
}

it('tasks for another machine are offered to it, as they are now', async () => {
  const { among, offers } = house()
  expect(await among('one')).toBeUndefined()
  expect(await among('two')).toEqual({ ok: true, text: 'Offered to two: tasks/a.md.', data: { offer: '1' } })
  // There may be another one that is free.
  expect(await among('label:gpu')).toEqual({
    ok: true,
    text: 'Already offered to label:gpu: tasks/a.md.',
    data: { offer: '1' },
  })
  expect(offers[0]).toEqual({
    ...{ project: 'web', target: 'two', options: { only: [1] }, by: ANNA, from: 'one' },
    files: [{ name: 'tasks/a.md', text: '## Task 1: A\n**Run:** true\n' }],
  })
})

it('a machine that works alone takes what may be for it, and refuses the rest', async () => {
  const { alone } = house()
  for (const machine of ['any', 'one', 'label:gpu']) expect(await alone(machine)).toBeUndefined()
  expect(await alone('two')).toMatchObject({
    ok: false,
    text: 'tasks/a.md can only be started on two, as Machine says: this is one, and it works alone, since DATABASE_URL is not set in .env.',
  })
})

it('what cannot be offered is not started here instead', async () => {
  const { among, early } = house()
  expect(await among('away')).toMatchObject({
    ok: false,
    text: expect.stringContaining('cannot be reached (ECONNREFUSED)'),
  })
  expect(await among('nobody')).toMatchObject({
    ok: false,
    text: 'tasks/a.md cannot be started: No machine is called nobody.',
  })
  expect(await early()).toMatchObject({ ok: false, text: expect.stringContaining('has not joined the others yet') })
})

it.each([
  ['twos', 'No machine is called twos. Did you mean two? Known, with their labels: one, two (gpu, big).'],
  [
    'label:gpus',
    'No machine has the label gpus. Did you mean label:gpu? Known, with their labels: one, two (gpu, big).',
  ],
  ['elsewhere', 'No machine is called elsewhere. Known, with their labels: one, two (gpu, big).'],
])('is not offered to %s, which is nobody', async (target, text) => {
  const known = [
    { name: 'one', labels: [] },
    { name: 'two', labels: ['gpu', 'big'] },
  ]
  const offers: string[] = []
  const offer = async ({ target }: Pick<NewOffer, 'target'>) => {
    offers.push(target)
    return { id: '1', already: false }
  }
  const offering = (target: string, from = 'one', list = known) =>
    offerKnown({ offer }, async () => list, { project: 'web', target, files: [], options: {}, by: ANNA, from })
  await expect(offering(target)).rejects.toThrow(new MachinesError(text))
  await expect(offering(target, 'one', [])).rejects.toThrow(/^No machine .*: none has joined yet/)
  expect(offers).toEqual([])
  for (const fits of ['any', 'two', 'label:big']) await offering(fits)
  // It has not joined yet, and will.
  await offering(target, target, [])
  expect(offers).toEqual(['any', 'two', 'label:big', target])
})

it('what was done elsewhere is noted in the file here, the same twice as once, and what it is not is said', async () => {
  const { noteDone, read } = house()
  const at = Date.UTC(2026, 10, 27, 9, 30)
  const result = (ref: string): RunResult => ({ state: 'done', text: '', costUsd: 0, done: [{ file: 0, ref, at }] })
  const ref = parseTaskFile(read(), 'tasks/a.md').specs[0]?.origin.ref ?? ''
  expect(await noteDone(result(ref))).toEqual([])
  expect(read()).toBe('## Task 1: A\n**Status:** done 2026-11-27T09:30Z\n**Run:** true\n')
  expect(await noteDone(result(ref))).toEqual([])
  // Somebody has taken the task out meanwhile.
  expect(await noteDone(result(`${ref} no more`))).toEqual([])
  expect(read().match(/Status/g)).toHaveLength(1)
})
