import type { TicketPorts } from './ports.ts'

const DONE = 'the work was done by a machine that is gone'

/** Takes over the tickets that another machine took up: their work starts from scratch, under a run of this machine's own. */
export function takeOverTickets({ tickets, api, newRunId }: Pick<TicketPorts, 'tickets' | 'api' | 'newRunId'>): void {
  for (const { id, stage, runId, isDone } of tickets.all()) {
    const run = api.view.run(runId)
    if (stage !== 'open' || (run && run.status !== 'stopped')) continue
    tickets.change(id, isDone ? { endedBecause: DONE } : { runId: newRunId() })
  }
}
