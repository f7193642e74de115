import { isOver } from '../../core/status.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { isJiraTrouble } from '../../jira/errors.ts'
import { isFinished } from '../../jira/move.ts'
import { whyItWaits } from '../why-it-waits.ts'
import type { TicketPorts } from './ports.ts'
import type { TicketRecord } from './record.ts'
import { showOnTicket } from './show.ts'
import { reporterActor, type TakeUpTickets } from './take-up.ts'
import { ticketHash } from './ticket-text.ts'

const GONE = 'the ticket no longer exists'

/**
 * Follows what was taken up until it is over: what happens to the ticket reaches its task, and what happens to the task reaches the
 * ticket. Everything follows from what is stored, so that the same again changes nothing.
 */
export function attendTickets(ports: TicketPorts, takeUp: TakeUpTickets) {
  const { jira, tickets, config, queue, api, site } = ports

  return {
    /**
     * Every ticket that is not over, once; throws the first trouble after the others had their turn. `look`: Jira is asked what
     * people did there meanwhile; without it what became of the tasks is shown, which costs nothing where nothing changed.
     */
    async all({ look }: { look: boolean }): Promise<void> {
      const troubles: unknown[] = []
      for (const { id, stage } of tickets.all())
        if (stage === 'open')
          await attend(id, look).catch((error) => {
            troubles.push(error)
          })
      if (troubles.length > 0) throw troubles[0]
    },
  }

  async function attend(id: string, look: boolean): Promise<void> {
    await takeUp.start(id)
    const isThere = look ? await lookAtTicket(id) : true
    const record = tickets.get(id) as TicketRecord
    const task = taskOf(record)
    if (isThere) {
      const asks = api.view.asksOfRun(record.runId)
      const waits = task && whyItWaits(task, { ...api.view.status(queue), asks, now: ports.now() })
      await showOnTicket(ports, id, task && { ...task, waits }, asks)
    }
    if ((task && isOver(task.status)) || record.endedBecause !== undefined) await end(id, isThere)
  }

  /** What people did to the ticket meanwhile. False where it is gone. */
  async function lookAtTicket(id: string): Promise<boolean> {
    const record = tickets.get(id) as TicketRecord
    try {
      const issue = await jira.issue(id)
      if (issue.key !== record.key) tickets.change(id, { url: `${site}/browse/${issue.key}` })
      const task = taskOf(record)
      if (record.endedBecause !== undefined || !task || isOver(task.status)) return true
      // Moved by somebody: Baton moves it there only at the end.
      if (isFinished(issue.fields.status)) await stop(record, `the ticket was moved to ${issue.fields.status.name}`)
      else if (ticketHash(issue) !== record.text.hash) tickets.change(id, { isEdited: true })
      return true
    } catch (error) {
      if (!isJiraTrouble(error, 'missing')) throw error
      // A token that may not look any more says the same of every ticket.
      await jira.project(config.project)
      await stop(record, GONE)
      return false
    }
  }

  /** Too late where it is already done, or about to land. */
  async function stop({ id, runId, by }: TicketRecord, why: string): Promise<void> {
    const reply = await api.submit({ type: 'skip', task: 1, runId, why }, reporterActor(by), {
      key: `jira:${site}:${id}:${runId}:skip`,
      queue,
    })
    if (reply.ok || why === GONE) tickets.change(id, { endedBecause: why })
  }

  /** The status that it is left in: whoever moves it from there wants it taken up again. */
  async function end(id: string, isThere: boolean): Promise<void> {
    const statusAtEnd = isThere ? (await jira.issue(id)).fields.status.id : undefined
    tickets.change(id, { stage: 'over', ...(statusAtEnd !== undefined && { statusAtEnd }) })
  }

  function taskOf({ runId }: TicketRecord): TaskView | undefined {
    return api.view.tasks(runId)[0]
  }
}
