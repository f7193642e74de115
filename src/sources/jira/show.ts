import type { Ask, TaskStatus } from '../../core/types.ts'
import { fromAdf } from '../../jira/adf/read.ts'
import { toAdf } from '../../jira/adf/write.ts'
import { isJiraTrouble } from '../../jira/errors.ts'
import { isStatus, stepTo } from '../../jira/move.ts'
import type { ShowPorts } from './ports.ts'
import type { TicketRecord } from './record.ts'
import { commentMarkOf, type ShownTask, statusNodes } from './status-text.ts'

/** Who reads a ticket cares whether somebody works on it, not what with. */
const SHOWN_AS: Partial<Record<TaskStatus, TaskStatus>> = {
  verifying: 'running',
  merging: 'running',
  taken_over: 'running',
}

/**
 * Shows a ticket how its task stands: moves it, renews the one comment of the run, and keeps the property `baton`. Whatever is shown
 * already is left as it is, so that the same again costs nothing. Throws JiraError.
 */
export async function showOnTicket(
  ports: ShowPorts,
  id: string,
  task: ShownTask | undefined,
  asks: readonly Ask[] = [],
): Promise<void> {
  await move(ports, id, task)
  await link(ports, id)
  await comment(ports, id, task, asks)
  await property(ports, id, task)
}

/** Tries once for each status that is wanted: a person who moves the ticket elsewhere meanwhile is left to it. */
async function move({ jira, tickets, config }: ShowPorts, id: string, task: ShownTask | undefined): Promise<void> {
  const record = tickets.get(id) as TicketRecord
  const status = task && (SHOWN_AS[task.status] ?? task.status)
  const wanted = status && config.status[status]
  if (wanted === undefined || wanted === record.movedTo || wanted === record.noStepTo) return
  const { noStepTo: _, ...rest } = record
  const { fields } = await jira.issue(id)
  if (!isStatus(fields.status, wanted)) {
    const step = stepTo(await jira.transitions(id), wanted)
    if (!step) return tickets.set({ ...rest, noStepTo: wanted })
    try {
      await jira.transition(id, step.id)
    } catch (error) {
      // A screen of the workflow may want more than a move, or somebody was faster.
      if (!isJiraTrouble(error, 'refused')) throw error
      return tickets.set({ ...rest, noStepTo: wanted })
    }
  }
  tickets.set({ ...rest, movedTo: wanted })
}

/** Repeating it is safe: the same name again changes the link that is there. */
async function link({ jira, tickets, pullOf }: ShowPorts, id: string): Promise<void> {
  const { runId, link: known } = tickets.get(id) as TicketRecord
  const pull = pullOf(runId)
  if (!pull || pull.url === known) return
  await jira.link(id, { globalId: `baton:${runId}`, url: pull.url, title: `Pull request #${pull.number}` })
  tickets.change(id, { link: pull.url })
}

async function comment(ports: ShowPorts, id: string, task: ShownTask | undefined, asks: readonly Ask[]): Promise<void> {
  const { jira, tickets, redact } = ports
  const record = tickets.get(id) as TicketRecord
  const document = toAdf(statusNodes(record, task, { asks, redact, pull: ports.pullOf(record.runId) }))
  const body = JSON.stringify(document)
  const known = record.comment
  if (known?.id !== undefined) {
    if (known.body === body) return
    try {
      await jira.editComment(id, known.id, document)
    } catch (error) {
      // Somebody deleted it: it is not written again unasked.
      if (!isJiraTrouble(error, 'missing')) throw error
    }
    tickets.change(id, { comment: { id: known.id, body } })
    return
  }
  if (known) {
    const found = await ownComment(jira, id, commentMarkOf(record))
    if (found !== undefined) {
      tickets.change(id, { comment: { id: found, body: '' } })
      return comment(ports, id, task, asks)
    }
  } else tickets.change(id, { comment: { body } })
  try {
    const made = await jira.addComment(id, document)
    tickets.change(id, { comment: { id: made.id, body } })
  } catch (error) {
    // Whatever was answered was not done; only silence leaves a doubt.
    if (isJiraTrouble(error) && error.kind !== 'lost') {
      const { comment: _, ...rest } = tickets.get(id) as TicketRecord
      tickets.set(rest)
    }
    throw error
  }
}

async function ownComment(jira: ShowPorts['jira'], id: string, mark: string): Promise<string | undefined> {
  const { accountId } = await jira.self()
  const comments = await jira.comments(id)
  return comments.find(({ author, body }) => author?.accountId === accountId && fromAdf(body).includes(mark))?.id
}

async function property({ jira, tickets }: ShowPorts, id: string, task: ShownTask | undefined): Promise<void> {
  const { runId, comment, property: known } = tickets.get(id) as TicketRecord
  const value = { run: runId, status: task?.status ?? 'queued', ...(comment?.id && { comment: comment.id }) }
  const written = JSON.stringify(value)
  if (written === known) return
  await jira.setProperty(id, 'baton', value)
  tickets.change(id, { property: written })
}
