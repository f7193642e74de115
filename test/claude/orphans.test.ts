import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { endOrphans } from '../../src/claude/process/orphans.ts'
import { findProcess } from '../../src/claude/process/process-list.ts'

/** A process that starts one more, with the mark of a git that it started, and says its pid. */
const PARENT = `
const child = require('node:child_process').spawn('sleep', ['60'], {
  detached: true, stdio: 'ignore', env: { PATH: process.env.PATH, BATON_GIT: String(process.pid) } })
console.log(child.pid)
setInterval(() => {}, 1000)`

it.runIf(process.platform === 'linux')(
  'ends git whose Baton was killed, and not that of a Baton that lives',
  async () => {
    const parent = spawn(process.execPath, ['-e', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = (await once(parent.stdout, 'data')) as [Buffer]
    const git = Number(said.toString())
    try {
      await endOrphans('BATON_GIT', parent.pid as number)
      expect(await findProcess(git)).toBeDefined()
      parent.kill('SIGKILL')
      await once(parent, 'close')
      expect(await findProcess(git)).toBeDefined()
      await endOrphans('BATON_GIT', parent.pid as number)
      expect(await findProcess(git)).toBeUndefined()
    } finally {
      parent.kill('SIGKILL')
      if (await findProcess(git)) process.kill(git, 'SIGKILL')
    }
  },
)
