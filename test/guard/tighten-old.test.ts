import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createHome, type Home } from '../support/home.ts'

const RUN = '2026-11-20-101112-abcd'
let home: Home
afterEach(() => home.remove())

const loose = (path: string, text?: string) => {
  const at = join(home.dir, path)
  if (text === undefined) mkdirSync(at, { recursive: true })
  else writeFileSync(at, text)
  chmodSync(at, text === undefined ? 0o777 : 0o666)
}
const modeOf = (path: string) => (statSync(join(home.dir, path)).mode & 0o777).toString(8)

it('takes the rights of others from what an older version left open, and from nothing else', async () => {
  home = createHome('## Task 1: A\n**Claude Instruction:**\nrehearse: say hello\n')
  for (const folder of ['.baton', '.baton/inline', '.baton/worktrees', 'logs', `logs/${RUN}`, 'logs/others'])
    loose(folder)
  for (const file of ['.baton/inline/a.md', '.baton/api-token', `logs/${RUN}/1.log`, 'logs/others/web.log', 'mine.sh'])
    loose(file, 'x')
  loose('.baton/worktrees/run.sh', 'x')
  symlinkSync(join(home.dir, 'mine.sh'), join(home.dir, '.baton/link'))
  const { runner } = await home.open()
  await runner.stop()
  for (const path of ['.baton', '.baton/inline', 'logs', `logs/${RUN}`]) expect(modeOf(path), path).toBe('700')
  for (const path of ['.baton/inline/a.md', '.baton/api-token', '.baton/baton.db', `logs/${RUN}/1.log`])
    expect(modeOf(path), path).toBe('600')
  for (const path of ['logs/others/web.log', 'mine.sh', '.baton/worktrees/run.sh'])
    expect(modeOf(path), path).toBe('666')
})

it('touches nothing where the folder of the logs is that of the project', async () => {
  home = createHome('## Task 1: A\n**Claude Instruction:**\nrehearse: say hello\n', 'logs: .\n')
  loose(RUN)
  loose(`${RUN}/mine.sh`, 'x')
  chmodSync(home.dir, 0o755)
  const { runner } = await home.open()
  await runner.stop()
  expect([modeOf('.'), modeOf(`${RUN}/mine.sh`)]).toEqual(['755', '666'])
})
