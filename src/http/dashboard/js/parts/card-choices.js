// What can be done with a task of the board, as it is now.

import { isOver } from './status.js'

/** @param ask what it waits for a person with, if anything */
export function cardChoices(task, { ask, canMove }) {
  const isQueued = task.status === 'queued' && canMove
  return [
    ask && { does: 'answer', label: 'Answer', icon: 'waiting' },
    { does: 'open', label: 'Open', icon: 'right' },
    isQueued && { does: 'move', label: 'Move to the front', icon: 'up' },
    isQueued && { does: 'shift', steps: -1, label: 'Move up', icon: 'up' },
    isQueued && { does: 'shift', steps: 1, label: 'Move down', icon: 'down' },
    isQueued && { does: 'move', before: 'end', label: 'Move to the end', icon: 'down' },
    task.attempts > 0 && task.status !== 'undone' && { does: 'retry', label: 'Retry', icon: 'retry' },
    !isOver(task.status) && { does: 'skip', label: 'Skip', icon: 'skipped' },
  ].filter(Boolean)
}
