import { ListensElsewhere } from '../../core/source-lease.ts'
import type { Actor } from '../../core/types.ts'
import { isJiraTrouble, isPassingAtJira } from '../../jira/errors.ts'
import { isFinished } from '../../jira/move.ts'
import { ticketQuery } from '../../jira/query.ts'
import type { JiraAccount, JiraIssue } from '../../jira/shapes.ts'
import { showUnseen } from '../../text/unseen.ts'
import type { TicketPorts } from './ports.ts'
import type { TicketRecord, TicketReporter } from './record.ts'
import { ticketText } from './ticket-text.ts'

/** More tickets at once are a query that means something else. */
const MOST_FOUND = 500

/**
 * Takes up what the query finds: tickets whose reporter is listed, or that somebody who is listed put a label on; whoever else wrote
 * one is only told of. Each ticket once; again when somebody moved it after Baton was through with it.
 */
export function takeUpTickets(ports: TicketPorts) {
  const { jira, tickets, config, site, queue, api } = ports

  async function found(just: readonly string[]): Promise<void> {
    const troubles: unknown[] = []
    for (const { id, updated } of await jira.search(ticketQuery(config), { most: MOST_FOUND, just }))
      await look(id, updated).catch((error) => {
        if (isJiraTrouble(error, 'missing')) return
        // One ticket keeps no other from being taken up.
        if (!isPassingAtJira(error) && !(error instanceof ListensElsewhere))
          ports.note(`A ticket could not be taken up: ${String(error)}`)
        troubles.push(error)
      })
    if (troubles.length > 0) throw troubles[0]
  }

  async function look(id: string, updated: string): Promise<void> {
    const known = tickets.get(id)
    if (known?.stage === 'open' || tickets.leftAlone.get(id) === updated) return
    // The search is behind: this is the ticket as it is.
    const issue = await jira.issue(id)
    const { status, reporter } = issue.fields
    const isAgain = known !== undefined && known.statusAtEnd !== status.id
    if (isFinished(status) || (known && !isAgain)) return tickets.leftAlone.set(id, issue.fields.updated)
    const by = await wishedBy(issue)
    if (!by) {
      const who = reporter?.displayName || 'nobody that Jira names'
      ports.note(
        `${issue.key} “${showUnseen(issue.fields.summary).text}” is not taken up: ${showUnseen(who).text} is not in jira.reporters, and nobody who is put a label on it.`,
      )
      return tickets.leftAlone.set(id, issue.fields.updated)
    }
    const runId = ports.newRunId()
    // Everything that decides what is done is stored before anything is done.
    tickets.set({
      ...{ id, key: issue.key, url: `${site}/browse/${issue.key}`, stage: 'open', by, runId },
      take: (known?.take ?? 0) + 1,
      text: ticketText(issue),
    })
    await start(id)
  }

  /** A kill may have come before it was queued. */
  async function start(id: string): Promise<void> {
    const record = tickets.get(id) as TicketRecord
    const { runId, key } = record
    if (record.endedBecause !== undefined || api.view.run(runId)) return
    const reply = await api.submit(
      { type: 'start', from: { source: 'jira', refs: [key] }, runId },
      reporterActor(record.by),
      {
        queue,
        key: `jira:${site}:${id}:${runId}`,
      },
    )
    if (!reply.ok || !api.view.run(runId))
      tickets.change(id, { endedBecause: `it could not be started: ${ports.redact(reply.text)}` })
  }

  /** Whose wish a ticket is: that of its reporter, or of somebody who is listed and gave it one of the labels it has. */
  async function wishedBy({ id, fields: { reporter, labels } }: JiraIssue): Promise<TicketReporter | undefined> {
    if (reporter && isListed(reporter)) return { id: reporter.accountId, name: reporter.displayName }
    if (labels.length === 0 || config.reporters.length === 0) return undefined
    for (const { author, items } of await jira.changes(id))
      for (const { field, fromString: before, ...to } of items) {
        const isNew = (label: string) => wordsIn(to.toString).includes(label) && !wordsIn(before).includes(label)
        if (field === 'labels' && labels.some(isNew) && author && isListed(author))
          return { id: author.accountId, name: author.displayName }
      }
    return undefined
  }

  /** By account id: a name may be anybody's. */
  const isListed = ({ accountId }: JiraAccount): boolean => config.reporters.includes(accountId)

  return { found, start }
}

export type TakeUpTickets = ReturnType<typeof takeUpTickets>

const wordsIn = (list: string | null | undefined): string[] => (list ?? '').split(/\s+/).filter((word) => word !== '')

export const reporterActor = ({ id, name }: TicketReporter): Actor => ({ surface: 'jira', id, name })
