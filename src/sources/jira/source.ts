import type { Planned } from '../../daemon/commands/resolve-command.ts'
import { isJiraTrouble } from '../../jira/errors.ts'
import type { Settled, Source } from '../source.ts'
import type { ShowPorts } from './ports.ts'
import type { TicketRecord, Tickets } from './record.ts'
import { showOnTicket } from './show.ts'
import { ticketTask } from './ticket-task.ts'
import { ticketHash } from './ticket-text.ts'

export interface TicketSourcePorts {
  /** Throws JiraError where it cannot be reached. */
  show: () => Promise<ShowPorts>
  tickets: Tickets
  /** The user's own words, from `prompts/implement.md`. */
  words: () => string
}

/** Tickets of Jira that were taken up: what they said then, kept here. */
export function createTicketSource({ show, tickets, words }: TicketSourcePorts): Source {
  return {
    name: 'jira',
    async plan({ from }): Promise<Planned> {
      const wanted = from && new Set(from.refs)
      const known = tickets.all().filter(({ key }) => wanted?.has(key) ?? true)
      const open = known.filter(({ isDone }) => !isDone)
      const text = words()
      return {
        files: [],
        total: known.length,
        alreadyDone: known.length - open.length,
        tasks: open.map((record, position) => ticketTask(record, { position, words: text })),
      }
    },
    async settled({ spec: { origin }, result, proof }, doneAt): Promise<Settled> {
      const record = origin.source === 'jira' ? tickets.named(origin.ref) : undefined
      if (!record) return { problem: `it does not come from a ticket that is known but from ${origin.source}` }
      try {
        const ports = await show()
        const { jira } = ports
        const issue = await jira.issue(record.id)
        const isDone = doneAt !== undefined
        const { movedTo: _, isDone: __, ...rest } = tickets.get(record.id) as TicketRecord
        // Whether it was moved before or not, it must be moved now.
        if (Boolean(record.isDone) !== isDone) tickets.set(isDone ? { ...rest, isDone } : rest)
        await showOnTicket(ports, record.id, { status: isDone ? 'done' : 'undone', result, proof })
        return { isRewritten: ticketHash(issue) !== record.text.hash }
      } catch (error) {
        if (isJiraTrouble(error, 'missing')) return { problem: `ticket ${record.key} no longer exists` }
        return { problem: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}
