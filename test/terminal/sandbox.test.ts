import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { aHome, baton, REHEARSED, tasks } from './program.ts'

it.runIf(process.platform === 'linux').each([['tasks'], ['start']])(
  'lets %s begin nothing where a sandbox is wanted and there can be none',
  async (command) => {
    const home = aHome({ 'config.yaml': `${REHEARSED}  sandbox: on\n`, 'tasks/today.md': tasks('edit one.txt "1"') })
    const ended = await baton(home, [command], { PATH: join(home.dir, 'nothing') })
    expect(ended).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: claude.sandbox is on, but no sandbox is available here: bwrap and socat not found (packages bubblewrap and socat).\n' +
        '  Fix that, or set claude.sandbox: off in config.yaml.\n',
    })
    expect(existsSync(join(home.dir, '.baton/baton.db'))).toBe(false)
  },
)
