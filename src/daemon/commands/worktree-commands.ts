import { naming, type ReplyWords, toGive } from '../../core/commands/naming.ts'
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
  worktrees: Pick<Worktrees, 'landRun' | 'unlanded' | 'list' | 'clean'> | undefined
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

/** So many runs are looked through for work that has not landed. */
const RECENT_RUNS = 20

/**
 * Brings the merged work of a run to the user's branch: of the one that is named, else of the first that has any, where what is
 * open comes first, oldest first, and then what ended last. Of others it says that they have some, too.
 */
async function land({ queue, read, worktrees }: WorktreeCommandPorts, text = ''): Promise<Reply> {
  if (!worktrees) return IN_PLACE
  const wanted = text.trim()
  const runs = [...read.openRuns(queue, RECENT_RUNS), ...read.runs({ queue, limit: RECENT_RUNS })]
  const ids = [...new Set(runs.filter(({ push }) => !push).map(({ id }) => id))]
  const unlanded = await worktrees.unlanded(ids)
  const runId = wanted === '' ? (unlanded[0] ?? ids[0]) : read.run(wanted)?.id
  if (runId === undefined) {
    const why = wanted === '' ? 'There is no run yet.' : `There is no run ${wanted}.`
    return notPossible(naming`${why}${alsoToLand(read, unlanded)}`)
  }
  const landed = await worktrees.landRun(runId)
  const data = { session_id: runId }
  const others = unlanded.filter((id) => id !== runId)
  if (!landed.ok) return notPossible(landed.text, data)
  return { ok: true, ...naming`${landed.text}${alsoToLand(read, others)}`, data }
}

/** Behind what was said: which runs have work that can be landed. */
function alsoToLand(read: Reader, runIds: readonly string[]): ReplyWords {
  const none: ReplyWords = { text: '' }
  return runIds.reduce((said, id) => {
    const files = (read.run(id)?.files ?? []).join(', ')
    return naming`${said}\n${files} has work that has not landed: ${toGive('land', id)}`
  }, none)
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
