import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { claudeEnvironment } from '../../src/claude/process/environment.ts'
import { claudeArgs } from '../../src/claude/start/argv.ts'
import type { ClaudeStart } from '../../src/claude/types.ts'
import { type Session, TEST_LIMITS } from '../support/claude-session.ts'
import { processesOf, REHEARSAL, rehearse, script } from '../support/rehearsal-agent.ts'

const HOLDER = join(import.meta.dirname, '../support/claude-holder.ts')
const WITHIN = { interval: 50 }

let holder: ChildProcess | undefined
afterEach(() => void holder?.kill('SIGKILL'))

/** Has another process start the agent, and settles once that process tells `sign`. */
async function hold(session: Session, prompt: string, sign: string): Promise<void> {
  const { cwd, configDir, sessionId, attemptId } = session
  const start: ClaudeStart = {
    command: REHEARSAL,
    args: claudeArgs({ sessionId, resume: false, permissionMode: 'default' }),
    cwd,
    env: { ...claudeEnvironment({ PATH: process.env.PATH, HOME: cwd }), CLAUDE_CONFIG_DIR: configDir },
    attemptId,
    prompt,
    limits: TEST_LIMITS,
  }
  holder = spawn(process.execPath, [HOLDER, JSON.stringify(start)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve) => {
    holder?.stdout?.on('data', (chunk: Buffer) => chunk.toString().includes(sign) && resolve())
  })
}

describe('when Baton is killed', () => {
  it('Claude ends with it: what it asked is not refused, and nothing more is done', async () => {
    using session = rehearse()
    await hold(session, script('ask "Which color?" Red|Blue', 'edit after.txt "Went on"', 'say Done.'), 'asked')
    expect(processesOf(session.attemptId)).toHaveLength(1)
    holder?.kill('SIGKILL')
    await expect.poll(() => processesOf(session.attemptId), WITHIN).toEqual([])
    expect(existsSync(join(session.cwd, 'after.txt'))).toBe(false)
    const { ended } = await session.talk({
      resume: true,
      prompt: 'Go on.',
      onAsk: (ask, claude) => claude.answerQuestion(ask.requestId, { 'Which color?': 'Blue' }),
    })
    expect(ended.result?.text).toContain('was told “Blue”')
    expect(ended.result?.text).not.toContain('chose for itself')
  })

  it('Claude ends also when it does not hear SIGTERM', async () => {
    using session = rehearse()
    await hold(session, script('say Working.', 'ignore-sigterm'), 'working')
    holder?.kill('SIGKILL')
    await expect.poll(() => processesOf(session.attemptId), WITHIN).toEqual([])
  })

  it('no guard stays behind where Claude had ended by itself', async () => {
    using session = rehearse()
    const { ended } = await session.talk({ prompt: script('say Done.') })
    await expect.poll(() => guardsOf(ended.pid ?? 0), WITHIN).toEqual([])
  })
})

const guardsOf = (pid: number) =>
  execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trimEnd().endsWith(`baton-guard ${pid}`))
