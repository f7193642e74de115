import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { readTaskFile } from '../../src/taskfile/read.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-read-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const problemOf = async (name: string, content?: string | Buffer) => {
  const path = join(folder, name)
  if (content !== undefined) await writeFile(path, content)
  const { specs, problems } = await readTaskFile(path, `tasks/${name}`)
  expect(specs).toEqual([])
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({ file: `tasks/${name}`, severity: 'error' })
  return problems[0]!
}

describe('a file that is no task file', () => {
  it('is told in one problem when it is not there, a folder, a pipe or a link to itself', async () => {
    expect(await problemOf('missing.md')).toMatchObject({ message: 'No such file' })
    expect(await problemOf('.')).toMatchObject({ message: 'This is a folder' })
    await execa('mkfifo', [join(folder, 'pipe.md')])
    expect(await problemOf('pipe.md')).toMatchObject({ message: 'This is not an ordinary file' })
    await symlink('loop.md', join(folder, 'loop.md'))
    expect(await problemOf('loop.md')).toMatchObject({ message: 'The links form a circle' })
  })

  it('is told in one problem when it is empty or blank', async () => {
    expect(await problemOf('empty.md', '')).toMatchObject({ line: 1, column: 1, message: 'The file is empty' })
    expect(await problemOf('blank.md', '\ufeff \n\t\r\n')).toMatchObject({ line: 1, message: 'The file is empty' })
  })

  it('is told in one problem, with the place, when it is no UTF-8 text', async () => {
    expect(await problemOf('latin1.md', Buffer.from('## Task 1: a\n\nf\xfcr', 'latin1'))).toMatchObject({
      line: 3,
      column: 2,
      message: 'This file is not UTF-8',
    })
    expect(await problemOf('utf16.md', Buffer.from('\ufeff## Task 1: a', 'utf16le'))).toMatchObject({
      message: 'This file is UTF-16, not UTF-8',
    })
    expect(await problemOf('binary.md', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]))).toMatchObject({
      line: 1,
      column: 5,
      message: expect.stringContaining('NUL'),
    })
  })

  it('is refused without being read when it is too large', async () => {
    await writeFile(join(folder, 'large.md'), '')
    await truncate(join(folder, 'large.md'), 100 * 1024 * 1024)
    expect(await problemOf('large.md')).toMatchObject({
      message: 'This file is 100 MiB; a task file can be at most 10',
    })
  })

  it('is told when it has no task, with a look at its headings', () => {
    expect(parseTaskFile('# Notes\n\ntext\n', 'a.md').problems).toMatchObject([
      { line: 1, severity: 'error', message: 'The file has no task', hint: expect.stringContaining('## Task 1: …') },
    ])
    expect(parseTaskFile('# Notes\n\n### Task 1: a\n', 'a.md').problems).toMatchObject([
      { hint: 'A task starts with two #: the heading on line 3 has 3.' },
    ])
  })
})

describe('a file that is right', () => {
  it('is read through a link, byte order mark and carriage returns included', async () => {
    await writeFile(join(folder, 'real.md'), '\ufeff## Task 1: a\r\n**Claude Instruction:**\r\nb\r\nc\r\n')
    await symlink('real.md', join(folder, 'link.md'))
    const { specs, problems } = await readTaskFile(join(folder, 'link.md'), 'link.md')
    expect(problems).toEqual([])
    expect(specs).toMatchObject([{ origin: { line: 1 }, title: 'a', instruction: 'b\r\nc' }])
  })
})

describe('two tasks of one number', () => {
  it('are an error that shows both lines', () => {
    const { problems } = parseTaskFile(
      '## Task 1: a\n**Run:** x\n## Task 2: b\n**Run:** x\n## Task 1: c\n**Run:** x\n',
      'a.md',
    )
    expect(problems).toMatchObject([
      { line: 5, column: 4, severity: 'error', message: 'There are two tasks called Task 1: lines 1 and 5' },
    ])
  })
})
