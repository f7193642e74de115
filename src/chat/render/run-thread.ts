import type { Ask } from '../../core/types.ts'
import type { RunView, TaskView } from '../../daemon/api/views.ts'
import { doneOf } from '../../text/amounts.ts'
import { someOf } from '../../text/cut.ts'
import type { Message } from '../message.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { bar, RUN_MARK, TASK_MARK } from './marks.ts'
import { facts, heading, messageOf, runTitle } from './parts.ts'

/** A run, what is worked on, and what waits for somebody. */
export interface RunThreadView {
  run: RunView
  running: readonly TaskView[]
  asks: readonly Ask[]
}

const WORDS: Record<RunView['status'], string> = {
  queued: 'Queued',
  running: 'Running',
  waiting: 'Waiting for an answer',
  paused: 'Paused',
  done: 'All done',
  failed: 'Finished with failures',
  stopped: 'Stopped',
}

/** More are in the thread. */
const MAX_LINES = 5

/** The message that the thread of a run hangs on: how far it is, edited silently. */
export function renderRunThread({ run, running, asks }: RunThreadView): Message {
  const { failed, skipped } = run.counts
  const words = run.status === 'done' && run.counts.done < run.total ? 'Finished' : WORDS[run.status]
  const fitted = compose([
    heading(RUN_MARK[run.status], words, runTitle(run)),
    [
      `${bar(run.counts.done, run.total)} `,
      facts(doneOf(run.counts.done, run.total), failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`),
    ],
    linesOf(running.map(({ number, title, status }) => `${TASK_MARK[status]} ${number} · ${oneLine(title, 100)}`)),
    linesOf(asks.map((ask) => `❓ ${oneLine(ask.title, 120)}`)),
  ])
  return messageOf(fitted, { silent: true })
}

function linesOf(lines: string[]): [string] | undefined {
  return lines.length === 0 ? undefined : [someOf(lines, MAX_LINES).join('\n')]
}
