import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchProgram } from '../../src/guard/program-watch.ts'

function installed() {
  const program = mkdtempSync(join(tmpdir(), 'baton-program-'))
  onTestFinished(() => rmSync(program, { recursive: true, force: true }))
  const write = (path: string, text: string) => writeFileSync(join(program, path), text)
  const update = (version: string) => write('package.json', JSON.stringify({ version }))
  mkdirSync(join(program, 'src'))
  write('src/main.ts', 'one')
  update('1.0.0')
  const clock = { ms: 0 }
  const begin = watchProgram({ program, projects: [] as never, stateDir: program }, new Map(), () => clock.ms)
  return { begin, write, update, clock }
}

const names = ({ changed }: ReturnType<ReturnType<ReturnType<typeof watchProgram>>>) =>
  changed.map(({ path, before }) => [path.split('/').at(-1), before?.bytes.toString()])

test('What is changed between two tasks that follow each other at once is found at the end of the second', () => {
  const { begin, write } = installed()
  expect(names(begin()())).toEqual([])
  write('src/main.ts', 'an agent was here')
  write('src/more.ts', 'and here')
  expect(names(begin()())).toEqual([
    ['main.ts', 'one'],
    ['more.ts', undefined],
  ])
})

test('A task that begins later starts from the program as it is then', () => {
  const { begin, write, clock } = installed()
  begin()()
  write('src/main.ts', 'edited by a person')
  clock.ms += 1_001
  const end = begin()
  write('src/more.ts', 'made by the task')
  expect(names(end())).toEqual([['more.ts', undefined]])
})

test('Where something had changed, the next task starts from what it was given back as', () => {
  const { begin, write } = installed()
  const end = begin()
  write('src/main.ts', 'an agent was here')
  expect(names(end())).toEqual([['main.ts', 'one']])
  write('src/main.ts', 'one, given back')
  expect(names(begin()())).toEqual([])
})

test('An update between two tasks is one, and not a change of the second', () => {
  const { begin, write, update } = installed()
  begin()()
  const end = begin()
  update('2.0.0')
  write('src/main.ts', 'two')
  const { isUpdated, changed } = end()
  expect([isUpdated, changed.length]).toEqual([true, 2])
  expect(begin()()).toEqual({ changed: [], isUpdated: false })
})
