import type { Planned } from '../../daemon/commands/resolve-command.ts'
import type { GitHub } from '../../github/client.ts'
import { isTrouble } from '../../github/errors.ts'
import { say } from '../../github/say.ts'
import type { GitHubState } from '../../github/state.ts'
import type { Settled, Source } from '../source.ts'
import { decisionTasks, isDecision } from './decisions.ts'
import { mendingOf, mendingTasks } from './mendings.ts'
import { numberOf, type Records } from './record.ts'
import { hashOf } from './snapshot.ts'
import { taskOf } from './task-of.ts'

export interface IssueSourcePorts {
  /** Opens the client; throws where there is no token. */
  github: () => Promise<GitHub>
  state: GitHubState
  records: Records
  /** The user's own words, from `prompts/implement.md`. */
  words: () => string
}

/** Issues of a repository that were taken up: what they said then, kept here. */
export function createIssueSource({ github, state, records, words }: IssueSourcePorts): Source {
  return {
    name: 'github',
    async plan({ from }): Promise<Planned> {
      const decisions = decisionTasks(state, from?.refs ?? [])
      const named = [...decisions, ...mendingTasks(state, from?.refs ?? [], words())]
      if (named.length > 0) return { files: [], total: named.length, alreadyDone: 0, tasks: named }
      const wanted = from ? new Set(from.refs.map(numberOf)) : undefined
      const known = records.all().filter(({ number, record }) => record.snapshot && (wanted?.has(number) ?? true))
      const open = known.filter(({ record }) => !record.isDone)
      const text = words()
      return {
        files: [],
        total: known.length,
        alreadyDone: known.length - open.length,
        tasks: open.map(({ number, record }, position) =>
          taskOf(number, record.snapshot as NonNullable<typeof record.snapshot>, {
            ...{ position, words: text },
            branch: record.branch ?? `issue-${number}`,
          }),
        ),
      }
    },
    async settled({ spec: { origin } }, doneAt): Promise<Settled> {
      if (isDecision(origin.ref) || mendingOf(state, origin.ref)) return { isRewritten: false }
      const number = numberOf(origin.ref)
      const record = records.get(number)
      if (origin.source !== 'github' || !record?.snapshot)
        return { problem: `it does not come from an issue that is known but from ${origin.source}` }
      try {
        const client = await github()
        const issue = await client.read('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number })
        const isDone = doneAt !== undefined
        const words = isDone ? 'Done.' : 'Undone: this is open again.'
        const pull = isDone && record.pull ? `\n\nPull request: #${record.pull.number}` : ''
        await say({ github: client, state }, { issue: number, key: `done/${record.take}`, body: `${words}${pull}` })
        const { isDone: _, ...rest } = record
        records.set(number, isDone ? { ...record, isDone } : rest)
        return { isRewritten: hashOf(issue) !== record.snapshot.hash }
      } catch (error) {
        if (isTrouble(error, 'missing', 'moved')) return { problem: `issue #${number} no longer exists` }
        return { problem: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}
