import { BATON } from '../../core/actors.ts'
import type { PlannedTask } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { Decide } from '../../github/merge/merges.ts'
import type { GitHubState } from '../../github/state.ts'
import { showUnseen } from '../../text/unseen.ts'

/** What a person is to decide about a pull request: a task that does nothing but wait for an approval of exactly this text. */
interface Decision {
  runId: string
  title: string
  text: string
  url: string
}

const PREFIX = 'decide/'

/** Whether a task of this source is only a decision. */
export const isDecision = (ref: string): boolean => ref.startsWith(PREFIX)

const noteOf = (ref: string): string => `decision:${ref}`
const ENDS: ReadonlySet<string> = new Set(['failed', 'skipped', 'blocked', 'undone'])

/** The tasks of those decisions that a start names. */
export function decisionTasks({ notes }: Pick<GitHubState, 'notes'>, refs: readonly string[]): PlannedTask[] {
  return refs.filter(isDecision).flatMap((ref, position): PlannedTask[] => {
    const decision = notes.get<Decision>(noteOf(ref))
    if (!decision) return []
    const { title, text, url } = decision
    return [
      {
        number: position + 1,
        position,
        dependsOn: [],
        spec: {
          origin: { source: 'github', ref, url },
          title: showUnseen(title).text.replace(/\s+/g, ' ').trim(),
          description: showUnseen(text).text,
          priority: 'medium',
          outsider: true,
          criteria: [],
          verify: [],
          instruction: '',
          // To the shell this is nothing: what is approved is done by whoever asked.
          run: [`: approved ${ref.slice(PREFIX.length)}`],
          context: '',
          done: false,
        },
      },
    ]
  })
}

export interface DecisionPorts {
  state: Pick<GitHubState, 'notes'>
  api: Pick<DaemonApi, 'submit' | 'view'>
  queue: string
  repo: string
  newRunId: () => string
}

/** Asks people on every surface; the same question about the same head is one. */
export function createDecisions({ state, api, queue, repo, newRunId }: DecisionPorts): Decide {
  const { notes } = state
  const refOf = (number: number, head: string) => `${PREFIX}${number}/${head}`

  return {
    async ask({ number, head, ...shown }) {
      const ref = refOf(number, head)
      const decision = notes.get<Decision>(noteOf(ref)) ?? { ...shown, runId: newRunId() }
      notes.set(noteOf(ref), decision)
      const { runId } = decision
      if (!api.view.run(runId)) {
        const key = `github:${repo}:${ref}:${runId}`
        const start = { type: 'start' as const, from: { source: 'github' as const, refs: [ref] }, runId }
        const reply = await api.submit(start, BATON, { queue, key })
        if (!reply.ok) throw new Error(`A decision could not be asked for: ${reply.text}`)
      }
      const status = api.view.task(runId, 1)?.status
      if (status === 'done') return 'yes'
      return (status !== undefined && ENDS.has(status)) || api.view.run(runId)?.status === 'stopped' ? 'no' : 'open'
    },
    async withdraw(number, head, why) {
      const runId = notes.get<Decision>(noteOf(refOf(number, head)))?.runId
      const status = runId === undefined ? undefined : api.view.task(runId, 1)?.status
      if (runId === undefined || status === undefined || status === 'done' || ENDS.has(status)) return
      const key = `github:${repo}:${refOf(number, head)}:${runId}:skip`
      await api.submit({ type: 'skip', task: 1, runId, why }, BATON, { queue, key })
    },
  }
}
