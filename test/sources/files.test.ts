import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config/read.ts'
import { createFileSource } from '../../src/sources/files/source.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { type SourceWorld, sourceContract } from '../contracts/source.ts'
import { anna } from '../support/samples.ts'

const MARKDOWN =
  '# Tasks\n\n## First\n**Claude Instruction:**\nDo it.\n\n## Second\n**Claude Instruction:**\nDo more.\n'
const BOXES = '# Tasks\n\n- [ ] First\n  Do it.\n- [ ] Second\n  Do more.\n'

/** A home whose only task file says `text`. */
async function openFile(name: string, text: string): Promise<SourceWorld> {
  const home = mkdtempSync(join(tmpdir(), 'baton-source-'))
  const path = join(home, 'tasks', name)
  mkdirSync(join(home, 'tasks'))
  writeFileSync(path, text)
  writeFileSync(join(home, 'config.yaml'), `tasks: tasks/${name}\n`)
  const read = await readConfig({ home, env: {} })
  if (!('config' in read)) throw new Error('the configuration cannot be read')
  const { config } = read
  const source = createFileSource({
    config,
    project: config.projects[0],
    guard: { look: () => undefined, writing: (_, write) => write(), alone: (work) => work(), settle: () => undefined },
  })
  const change = (edit: (text: string) => string) => writeFileSync(path, edit(readFileSync(path, 'utf8')))
  return {
    source,
    isShownAsDone: async (title) => {
      if (!name.endsWith('.json'))
        return parseTaskFile(readFileSync(path, 'utf8'), name).specs.some((spec) => spec.title === title && spec.done)
      // A JSON file is never written to: what is done is shown by what is left.
      const plan = await source.plan({ type: 'start' }, anna)
      return 'tasks' in plan && !plan.tasks.some(({ spec }) => spec.title === title)
    },
    rewrite: (title, instruction) =>
      change((text) => text.replace(title === 'First' ? 'Do it.' : 'Do more.', instruction)),
    remove: () =>
      change((text) =>
        name.endsWith('.json')
          ? JSON.stringify({ tasks: JSON.parse(text).tasks.slice(1) })
          : text.replace(/(## First[^#]*|- \[ \] First\n {2}Do it\.\n)/, ''),
      ),
    breakWriting: () => {
      // A folder in the place of the file: no right of whoever runs this makes it writable.
      rmSync(path)
      mkdirSync(path)
    },
    close: () => {
      chmodSync(home, 0o700)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

sourceContract('of Markdown files', () => openFile('today.md', MARKDOWN))
sourceContract('of check boxes', () => openFile('boxes.md', BOXES))
