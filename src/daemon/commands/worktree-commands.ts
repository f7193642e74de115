import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { Reader } from '../../store/read.ts'
import { plural } from '../../text/amounts.ts'
import type { Worktrees } from '../../workspace/worktree/worktree.ts'
import type { CommandAnswers } from './resolve-command.ts'

/** What commands about worktrees need. */
interface WorktreeCommandPorts {
  queue: string
  read: Reader
  /** Absent where tasks are worked on in the project's own tree. */
  worktrees: Pick<Worktrees, 'landRun' | 'list' | 'clean'> | undefined
}

/** How commands about worktrees are answered. */
export function worktreeAnswers(ports: WorktreeCommandPorts): Pick<CommandAnswers, 'land' | 'worktree'> {
  return {
    land: ({ text }) => land(ports, text),
    worktree: ({ text }) => worktree(ports, text),
  }
}

const IN_PLACE: Reply = notPossible(
  'Tasks are worked on in the project\'s own tree here, so their work needs no landing. Worktrees come with "lanes: 2" or "workspace: worktree" in config.yaml.',
)

/** Brings the merged work of a run, or of the latest one, to the user's branch. */
async function land({ queue, read, worktrees }: WorktreeCommandPorts, text = ''): Promise<Reply> {
  if (!worktrees) return IN_PLACE
  const wanted = text.trim()
  const runId = wanted === '' ? read.runs({ queue, limit: 1 })[0]?.id : read.run(wanted)?.id
  if (runId === undefined) {
    const why = wanted === '' ? 'There is no run yet.' : `There is no run ${wanted}.`
    return notPossible(`${why} "baton status" shows the runs there are.`)
  }
  const landed = await worktrees.landRun(runId)
  const data = { session_id: runId }
  return landed.ok ? { ok: true, text: landed.text, data } : notPossible(landed.text, data)
}

/** Lists the worktrees, or removes those that nobody has. */
async function worktree({ read, worktrees }: WorktreeCommandPorts, text = ''): Promise<Reply> {
  if (!worktrees) return IN_PLACE
  const what = text.trim() || 'list'
  if (what === 'clean') {
    const removed = await worktrees.clean()
    const list = removed.map((folder) => `\n  ${folder}`).join('')
    return { ok: true, text: `${plural(removed.length, 'worktree')} removed.${list}`, data: { removed } }
  }
  if (what !== 'list') return notPossible(`“${what}” is not something to do with worktrees: use list or clean.`)
  const all = await worktrees.list()
  const lines = all.map(({ folder, branch, task, isForChecks }) => {
    const found = task === undefined ? undefined : read.task(task)
    const who = found ? `task ${found.number} of ${found.runId}` : isForChecks ? 'checks what is merged' : 'free'
    return `${folder}  ${who}${branch === undefined ? '' : `  ${branch}`}`
  })
  return { ok: true, text: lines.join('\n') || 'There are no worktrees.', data: { worktrees: all } }
}
