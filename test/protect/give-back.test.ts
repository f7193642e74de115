import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { giveBack } from '../../src/protect/watch-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-give-back-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('keeps each version and gives back the bytes and the rights', () => {
  const path = join(folder, 'main.ts')
  const before = { bytes: Buffer.from('before'), mode: 0o100640 }
  const kept = ['one', 'two'].flatMap((text) => {
    writeFileSync(path, text)
    return giveBack({ path, before }, join(folder, 'kept'))
  })
  expect(kept.map((file) => readFileSync(file, 'utf8'))).toEqual(['one', 'two'])
  expect(readFileSync(path, 'utf8')).toBe('before')
  expect(statSync(path).mode & 0o777).toBe(0o640)
  expect(readdirSync(folder).sort()).toEqual(['kept', 'main.ts'])
})

it('loses nothing of an editor that saves by renaming at the very same time', async () => {
  const path = join(folder, 'main.ts')
  const keptIn = join(folder, 'kept')
  const before = { bytes: Buffer.from('before'), mode: 0o100600 }
  writeFileSync(path, 'before')
  const editor = new Worker(
    `const { writeFileSync, renameSync, linkSync, unlinkSync } = require('node:fs')
     const { parentPort, workerData: path } = require('node:worker_threads')
     let n = 0
     const save = () => {
       for (let i = 0; i < 20; i++) {
         writeFileSync(path + '.new', 'edit ' + n)
         // Only where nothing stands: what an editor replaces itself is its own business.
         try { linkSync(path + '.new', path); n++ } catch {}
         unlinkSync(path + '.new')
       }
       if (n < 60) setImmediate(save)
       else parentPort.postMessage(n)
     }
     save()`,
    { eval: true, workerData: path },
  )
  let saved: number | undefined
  editor.once('message', (n: number) => {
    saved = n
  })
  while (saved === undefined) {
    try {
      giveBack({ path, before }, keptIn)
    } catch (error) {
      expect(String(error)).toContain('again and again')
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  await editor.terminate()
  const left = [...readdirSync(keptIn).map((name) => join(keptIn, name)), ...(existsSync(path) ? [path] : [])]
  const texts = new Set(left.map((file) => readFileSync(file, 'utf8')))
  for (let n = 0; n < saved; n++) expect(texts, `edit ${n}`).toContain(`edit ${n}`)
})
