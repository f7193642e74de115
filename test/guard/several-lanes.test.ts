import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import type { Task, TaskSpec } from '../../src/core/types.ts'
import { createOwnGuard } from '../../src/guard/guard.ts'
import { planTaskFiles } from '../../src/sources/files/plan-files.ts'
import { createHome, type Home } from '../support/home.ts'

const TODAY = '- [ ] One\n- [ ] Two\n- [ ] Three\n'
const DONE = (text: string, title: string) => text.replace(`[ ] ${title}`, `[x] ${title}`)

let home: Home
afterEach(() => home.remove())

/** A home and its guards, one for each life of Baton. */
async function guarded() {
  home = createHome(TODAY, 'retries: 0\n')
  home.git('init', '-q')
  mkdirSync(join(home.dir, '.baton'), { recursive: true })
  const read = await readConfig({ home: home.dir, env: {} })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const { config } = read
  const plan = async () => (await planTaskFiles(config, config.projects[0], {})).tasks.map(({ spec }) => spec.title)
  const spec = (await planTaskFiles(config, config.projects[0], {})).tasks[0]?.spec as TaskSpec
  return {
    plan,
    file: join(home.dir, 'tasks/today.md'),
    life() {
      const onError = (error: unknown) => expect(error).toBe(undefined)
      const guard = createOwnGuard({ config, loadAll: async () => undefined, onError })
      const watch = guard.watch(config.projects[0])
      return { ...guard, begin: (number: number) => watch({ number, runId: 'r', spec } as Task) }
    },
  }
}
const tick = (title: string) => home.write('tasks/today.md', DONE(home.read('tasks/today.md'), title))
/** A write that has reached the disk, and ends when it is let. */
function slowly(title: string) {
  let letGo = () => {}
  const isLet = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const write = async () => {
    tick(title)
    await isLet
  }
  return { write, letGo }
}

describe('marks of Baton in a task file while tasks run in several lanes', () => {
  it('are nobody else’s where two are written at once, nor where a task ends in between', async () => {
    const { life, file } = await guarded()
    const guard = life()
    const [ending, running] = [guard.begin(1), guard.begin(2)]
    const [one, two] = [slowly('One'), slowly('Two')]
    const writes = [guard.writing(file, one.write), guard.writing(file, two.write)]
    guard.look()
    expect(await ending.end()).toEqual([])
    two.letGo()
    await writes[1]
    guard.look()
    one.letGo()
    await writes[0]
    expect(await running.end()).toEqual([])
  })

  it('are Baton’s after a kill as well, and so is the one that it was writing', async () => {
    const { life, file, plan } = await guarded()
    const killed = life()
    killed.begin(2)
    await killed.writing(file, async () => tick('One'))
    void killed.writing(file, slowly('Three').write)
    expect(life().recover()).toEqual([])
    expect(await plan()).toEqual(['Two'])
  })

  it('hide nothing that a task did to the file itself', async () => {
    const { life, file, plan } = await guarded()
    const killed = life()
    killed.begin(2)
    tick('Two')
    await killed.writing(file, async () => tick('One'))
    life().recover()
    // Which of them is whose cannot be known any more.
    expect(await plan()).toEqual(['One', 'Two', 'Three'])
    const guard = life()
    const watch = guard.begin(3)
    tick('Three')
    await guard.writing(file, async () => undefined)
    expect(await watch.end()).toMatchObject([{ kind: 'mark', path: 'tasks/today.md' }])
  })
})
