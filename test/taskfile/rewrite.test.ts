import fs, { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { writeMark } from '../../src/taskfile/write/mark.ts'
import { rewriteFile } from '../../src/taskfile/write/rewrite.ts'
import { editWhileMarking, killWhileMarking } from './marking-faults.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-rewrite-'))
  path = join(folder, 'tasks.md')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const clean = { torn: 0, lost: 0, refused: 0, leftovers: 0 }

describe('a task file that is written', () => {
  it('keeps its mode, its byte order mark and the link that leads to it', async () => {
    await writeFile(path, '\ufeff## a\r\n**Run:** x\r\n')
    await chmod(path, 0o640)
    await symlink('tasks.md', join(folder, 'link.md'))
    const [spec] = parseTaskFile(await readFile(path, 'utf8'), 'a.md').specs
    expect(await writeMark(join(folder, 'link.md'), spec!, new Date(0))).toMatchObject({ changed: true })
    expect(await readFile(path, 'utf8')).toBe('\ufeff## a\r\n**Status:** done 1970-01-01T00:00Z\r\n**Run:** x\r\n')
    expect((await stat(path)).mode & 0o777).toBe(0o640)
    expect((await lstat(join(folder, 'link.md'))).isSymbolicLink()).toBe(true)
    expect(await readdir(folder)).toEqual(['link.md', 'tasks.md'])
  })

  it('is left alone when nothing is to be changed', async () => {
    await writeFile(path, '- [x] a')
    const before = await stat(path)
    expect(await writeMark(path, parseTaskFile('- [ ] a', 'a.md').specs[0]!, new Date())).toMatchObject({
      changed: false,
    })
    expect((await stat(path)).ino).toBe(before.ino)
  })

  it('is left alone, and it says why, when the task is gone, the file is gone or no text', async () => {
    const [spec] = parseTaskFile('- [ ] a', 'a.md').specs
    expect(await writeMark(path, spec!, new Date())).toMatchObject({
      code: 'ENOENT',
      problem: expect.stringContaining(path),
    })
    await writeFile(path, '- [ ] b')
    expect(await writeMark(path, spec!, new Date())).toMatchObject({
      problem: expect.stringContaining('no longer exists'),
    })
    await writeFile(path, Buffer.from([0xff, 0xfd, 0x80]))
    expect(await writeMark(path, spec!, new Date())).toMatchObject({ problem: 'This file is not UTF-8' })
  })

  it('has the change made again when somebody edits it in between, and their edit stays', async () => {
    await writeFile(path, 'one')
    let calls = 0
    const written = await rewriteFile(path, (text) => {
      if (calls++ < 2) setTimeout(() => void writeFile(path, `edited ${calls}`), 0)
      return { text: `${text}!` }
    })
    expect(written).toMatchObject({ changed: true })
    expect(await readFile(path, 'utf8')).toBe('edited 2!')
  })

  describe('by an editor that still has the old file open', () => {
    let editor: number
    let later: NodeJS.Timeout | undefined
    const type = (text: string) => {
      ftruncateSync(editor)
      writeSync(editor, text, 0)
    }
    /** What happens right after the exchange, which no other process could hit each time. */
    const afterExchange = (act: () => void) => {
      const rename = fs.renameSync
      fs.renameSync = (from, to) => {
        rename(from, to)
        restore()
        act()
      }
      syncBuiltinESMExports()
      const restore = () => {
        fs.renameSync = rename
        syncBuiltinESMExports()
      }
    }
    const add = (text: string) => (text === 'no' ? { problem: 'The task is gone' } : { text: `${text}!` })
    beforeEach(async () => {
      await writeFile(path, 'one')
      editor = openSync(path, 'r+')
    })
    afterEach(() => {
      clearTimeout(later)
      closeSync(editor)
    })

    it('has the change made to what is written last', async () => {
      afterExchange(() => {
        type('la')
        later = setTimeout(() => type('late'), 20)
      })
      expect(await rewriteFile(path, add)).toEqual({ text: 'late!', changed: true })
      expect(await readFile(path, 'utf8')).toBe('late!')
    })

    it('holds what was written last where the change cannot be made to that', async () => {
      afterExchange(() => type('no'))
      expect(await rewriteFile(path, add)).toEqual({ problem: 'The task is gone' })
      expect(await readFile(path, 'utf8')).toBe('no')
    })
  })

  it('waits for a file that its editor has moved away and is slow to write again', async () => {
    setTimeout(() => void writeFile(path, '- [ ] a'), 600)
    expect(await writeMark(path, parseTaskFile('- [ ] a', 'a.md').specs[0]!, new Date())).toMatchObject({
      text: '- [x] a',
    })
  })

  it('waits for a file that is being written before it believes that the task is gone', async () => {
    await writeFile(path, '')
    setTimeout(() => void writeFile(path, '- [ ] a'), 25)
    expect(await writeMark(path, parseTaskFile('- [ ] a', 'a.md').specs[0]!, new Date())).toMatchObject({
      text: '- [x] a',
    })
  })

  it('is given up when it changes all the time', async () => {
    await writeFile(path, '0')
    let calls = 0
    const written = await rewriteFile(path, (text) => {
      writeFileSync(path, String(++calls))
      return { text: `${text}!` }
    })
    expect(written).toMatchObject({ problem: expect.stringContaining('keeps changing') })
  })
})

describe('marking', () => {
  it('loses no edit and tears no file, however the user saves meanwhile', async () => {
    expect(await editWhileMarking(20, Math.random)).toMatchObject(clean)
  }, 60_000)

  it('tears no file and leaves nothing behind when it is killed at any moment', async () => {
    expect(await killWhileMarking(6, Math.random)).toMatchObject(clean)
  }, 60_000)
})
