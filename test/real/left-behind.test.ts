import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runs, says, usageLimit } from '../support/messages-replies.ts'
import { createRealBaton } from '../support/real-baton.ts'

const task = (number: number, words: string, fields = '') =>
  `## Task ${number}: ${words}\n${fields}**Claude Instruction:**\n${words}\n\n`

/** Hears no SIGTERM, in a session of its own, its parent gone. */
const DEAF = `setsid sh -c "trap '' TERM HUP INT; touch TASK; while :; do sleep 1; done" < /dev/null > /dev/null 2>&1 &`

describe.concurrent('nothing is left behind', () => {
  it('of a command that hears no SIGTERM: not after the end, a time-out, a skip or a stop', async () => {
    await using baton = await createRealBaton(
      task(1, 'Ends'),
      { claude: '  permission_mode: bypassPermissions\n', more: 'retries: 0\non_failure: continue\n' },
      async ({ prompt, toolResults }) => {
        if (toolResults.length > 0) {
          // Long enough to be seen.
          await sleep(500)
          return says('Started it.')
        }
        const name = /Ends|Hangs|Skipped|Stopped/.exec(prompt)?.[0] ?? 'Other'
        const deaf = `${DEAF.replace('TASK', name)} until test -e ${name}; do sleep 0.1; done`
        return runs(name === 'Ends' ? deaf : `${deaf}; trap '' TERM; sleep 300; sleep 300`)
      },
      { ANTHROPIC_API_KEY: 'sk-ant-test', IS_SANDBOX: '1' },
    )
    await baton.up()
    const pids = new Set<number>()
    const begun = async (name: string) => {
      await baton.until(name, () => baton.home.read(name) === '' || undefined)
      // Whatever the tasks before have started is gone when the next one runs.
      expect(baton.processes().filter((pid) => pids.has(pid))).toEqual([])
      for (const pid of baton.processes()) pids.add(pid)
    }
    const ended = (number: number, status: string) =>
      baton.until(status, async () => (await baton.task(number)).status === status || undefined)

    const sinceMs = performance.now()
    await baton.run()
    await begun('Ends')
    // Long enough for a slow machine to come to the command at all.
    const timeoutS = Math.ceil(4 + (2 * (performance.now() - sinceMs)) / 1_000)
    await ended(1, 'done')
    baton.home.write(
      'tasks/today.md',
      task(1, 'Hangs', `**Timeout:** ${timeoutS}s\n`) + task(2, 'Skipped') + task(3, 'Stopped'),
    )
    await baton.run()
    await begun('Hangs')
    await ended(1, 'failed')
    await begun('Skipped')
    await baton.command('skip')
    await ended(2, 'skipped')
    await begun('Stopped')
    await baton.command('stop')
    await baton.until('the end of every process', () => baton.processes().length === 0 || undefined)
    // Claude and the deaf one of each task.
    expect(pids.size).toBeGreaterThanOrEqual(8)
  })
})

describe.concurrent('a usage limit', () => {
  it('is waited out, a kill -9 and a restart in between, and the same session goes on with no retry spent', async () => {
    let resetsAt = 0
    await using baton = await createRealBaton(
      task(1, 'Read') + task(2, 'Write'),
      {},
      ({ number }) => {
        if (number === 1) resetsAt = Math.ceil(Date.now() / 1_000) + 5
        return Date.now() < resetsAt * 1_000 ? usageLimit(resetsAt) : says('Done.')
      },
      { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x' },
    )
    await baton.up()
    await baton.run()
    await baton.until('the limit', async () => (await baton.task()).attempt_list[0]?.outcome === 'limit' || undefined)
    await baton.kill('both')
    await baton.up()
    await baton.until('the end', async () => (await baton.task(2)).status === 'done' || undefined)
    const { result, attempt_list: attempts } = await baton.task()
    expect({ result, attempts: attempts.length }).toEqual({ result: 'Done.', attempts: 1 })
    const [refused, answered] = baton.api.requests
    expect(refused?.prompt).toContain('# Read')
    expect(answered?.prompt).toContain('usage limit that stopped you is over')
    expect(baton.api.requests).toHaveLength(3)
  })
})
