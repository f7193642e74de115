import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { BatonError, batonError, explain } from '../../src/errors.ts'

test('an error of the catalogue says what happened, what to do and how the program ends', () => {
  const error = batonError('already-running', { pid: 42, since: '08:00', kind: 'the daemon' })
  expect(error).toBeInstanceOf(BatonError)
  expect(error.message).toBe('Baton is already running here: the daemon, process 42, since 08:00.')
  expect(explain(error)).toMatchObject({
    code: 'already-running',
    title: error.message,
    hint: expect.stringContaining('--status'),
    exitCode: 2,
  })
})

test('errors without data need none', () => {
  expect(explain(batonError('interrupted'))).toMatchObject({ exitCode: 130 })
  expect(explain(batonError('nobody-answers', { asks: 'Task 2 waits for an approval.' }))).toMatchObject({
    exitCode: 3,
  })
})

test.each([
  [[1, 2, 3, 5], 'The latest run has 1-3, 5; --status lists them.'],
  [[], 'Nothing has run here yet.'],
])('of a task that is none the numbers that there are: %j', (known, hint) => {
  expect(explain(batonError('no-such-task', { task: 9, known }))).toMatchObject({ hint, exitCode: 2 })
})

test('problems of files are told as they are, and counted', () => {
  const error = batonError('config-invalid', { problems: 'config.yaml:1:1: unknown key `x`', count: 1 })
  expect(explain(error).title).toBe(
    'config.yaml:1:1: unknown key `x`\n1 problem in the configuration; nothing was started.',
  )
})

test('real errors of the system are explained', async () => {
  const thrown = (act: () => unknown): unknown => {
    try {
      act()
    } catch (error) {
      return error
    }
  }
  expect(explain(thrown(() => readFileSync('/nowhere/x.md')))).toMatchObject({
    title: 'There is no file /nowhere/x.md.',
    exitCode: 2,
  })
  expect(explain(thrown(() => readFileSync('/')))).toMatchObject({ code: 'file-is-folder' })

  const first = createServer().listen(0, '127.0.0.1')
  await once(first, 'listening')
  const { port } = first.address() as { port: number }
  const second = createServer().listen(port, '127.0.0.1')
  const [taken] = await once(second, 'error')
  expect(explain(taken)).toMatchObject({ title: `Another program already listens on 127.0.0.1:${port}.`, exitCode: 2 })
  first.close()
})

test('errors of other rooms are known by their code and keep their words', () => {
  const error = Object.assign(new Error('x was written by a newer Baton'), { code: 'newer-database' })
  expect(explain(error)).toEqual({ code: 'newer-database', title: 'x was written by a newer Baton', exitCode: 2 })
  expect(explain(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', path: '/data' }))).toMatchObject({
    code: 'disk-full',
  })
})

test.each([new TypeError('x is not a function'), 'a string', undefined, null, { code: 7 }])(
  'what nobody foresaw (%s) is an internal error',
  (error) => {
    expect(explain(error)).toMatchObject({ code: 'internal', exitCode: 1 })
  },
)

test('a database that finds no room, or a disk that is read-only, is told as what it is', () => {
  const db = new DatabaseSync(':memory:')
  db.exec('CREATE TABLE t (x)')
  const thrown = (sql: string) => {
    try {
      db.exec(sql)
    } catch (error) {
      return explain(error)
    }
  }
  db.exec('PRAGMA max_page_count = 2')
  expect(thrown('INSERT INTO t VALUES (zeroblob(100000))')).toMatchObject({ code: 'disk-full', exitCode: 2 })
  db.exec('PRAGMA query_only = 1')
  expect(thrown('INSERT INTO t VALUES (1)')).toMatchObject({ code: 'not-allowed' })
  db.close()
})

test('a read-only disk is not a matter of rights', () => {
  const { title, hint } = explain(batonError('folder-unwritable', { what: 'logs', path: '/l', cause: 'EROFS' }))
  expect(title).toBe('The folder for logs, /l, cannot be written: the disk is read-only.')
  expect(hint).not.toContain('right')
})
