import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { brokenBy } from '../break.ts'
import { createFaultHome } from '../home.ts'
import type { LockerAnswer } from '../programs/locker.ts'
import type { Row, RowRun } from '../row.ts'

const PROGRAM = join(import.meta.dirname, '../programs/locker.ts')

/** Two runners started together on one state. */
export const twoRunnersRow: Row = {
  number: 4,
  title: 'two runners started together',
  unit: 'pairs',
  sizes: { test: 20, small: 30, large: 1_000 },
  controls: [{ breaks: 'the lock is shared', size: 5 }],
  async run(run) {
    const home = createFaultHome('## Task 1: A\n**Claude Instruction:**\nrehearse: say hi\n')
    const broken = brokenBy(run.breaks)
    const start = () =>
      fork(PROGRAM, [home.dir], {
        execArgv: broken.args,
        env: { PATH: process.env.PATH, HOME: home.dir, ...broken.env },
      })
    // The lock is between processes, not between starts: two of them open and close the house again and again.
    const both = [start(), start()] as const
    try {
      await Promise.all(both.map((child) => once(child, 'message')))
      for (let i = 0; i < run.size && !run.isEnough(); i++) await pair(run, both)
    } finally {
      for (const child of both) child.kill()
      await Promise.all(both.map((child) => child.exitCode ?? once(child, 'exit')))
      home.remove()
    }
  },
}

async function pair(run: RowRun, both: readonly [ChildProcess, ChildProcess]): Promise<void> {
  // A common start on the wall clock, and now and then one of them a little later.
  const at = Date.now() + 15
  const answers = await Promise.all(
    both.map((child, i) =>
      ask(child, { do: 'open', at: at + (i === 1 && run.random.chance(0.5) ? run.random.int(0, 60) : 0) }),
    ),
  )
  const winners = answers.flatMap((answer, i) => (answer.opened ? [both[i] as ChildProcess] : []))
  if (winners.length !== 1) run.fail(`${winners.length} of two runners got in: ${JSON.stringify(answers)}`)
  const loser = answers.find((answer) => !answer.opened)
  if (winners.length === 1 && loser?.holderPid !== winners[0]?.pid)
    run.fail(`the other one was told ${loser?.holderPid ?? loser?.error}, and not ${winners[0]?.pid}`)
  run.count('pairs')
  await Promise.all(winners.map((child) => ask(child, { do: 'close' })))
}

async function ask(child: ChildProcess, command: object): Promise<LockerAnswer> {
  child.send(command)
  const [answer] = (await once(child, 'message')) as [LockerAnswer]
  return answer
}
