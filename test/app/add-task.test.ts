import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { type AddingMemory, addTask } from '../../src/sources/files/add-task.ts'
import type { Adding } from '../../src/taskfile/write/append.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'baton-add-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** What one command remembers over the lives of the program. */
const createWish = () => {
  let begun: Adding | undefined
  return (): AddingMemory => ({
    begun,
    begin: (adding) => {
      begun = adding
    },
  })
}
const add = async (text: string, memory: AddingMemory) => {
  const read = await readConfig({ home, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  return addTask(read.config, read.config.projects[0], { text, file: 'today.md' }, memory)
}
const content = () => readFileSync(join(home, 'today.md'), 'utf8')

test.each(['# Today\n', '', '- [ ] one\n', undefined])(
  'a command that is done again after a kill adds once (%j)',
  async (before) => {
    if (before !== undefined) writeFileSync(join(home, 'today.md'), before)
    const command = createWish()
    const first = await add('Buy milk\nTwo litres', command())
    const written = content()
    expect(await add('Buy milk\nTwo litres', command())).toEqual(first)
    expect(content()).toBe(written)
  },
)

test('the same words submitted twice are two tasks', async () => {
  await add('Buy milk', createWish()())
  await add('Buy milk', createWish()())
  expect(content().match(/Buy milk$/gm)).toHaveLength(4)
})

test('a command that ended before anything was written is done by the next life, whatever was written meanwhile', async () => {
  writeFileSync(join(home, 'today.md'), '## Buy milk\n**Claude Instruction:**\nBuy milk\n')
  const command = createWish()
  const memory = command()
  const dying: AddingMemory = {
    ...memory,
    begin: (adding) => {
      memory.begin(adding)
      throw new Error('killed')
    },
  }
  await expect(add('Buy milk', dying)).rejects.toThrow()
  writeFileSync(join(home, 'today.md'), `# New head\n\n${content()}`)
  await add('Buy milk', command())
  expect(content().match(/^## Buy milk$/gm)).toHaveLength(2)
  await add('Buy milk', command())
  expect(content().match(/^## Buy milk$/gm)).toHaveLength(2)
})
