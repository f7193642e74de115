import type { EndedProcess } from '../../claude/types.ts'
import type { Finding } from '../../core/types.ts'
import { plural } from '../../text/amounts.ts'
import { shortened } from '../../text/cut.ts'

/** Most processes named; the others are counted. */
const MAX_NAMED = 5
const MAX_COMMAND_CHARS = 80

/** What a Stop hook of the user's did in a process. */
export interface StopHook {
  /** Times that it sent Claude back to work. */
  blocked: number
  /** Claude Code ended the turn anyway. */
  overridden: boolean
  /** What it said last. */
  words: string
}

const MAX_HOOK_CHARS = 160

/** What hindered a process of Claude, and what it left behind. No later process can make up for it. */
export function processFindings({
  result,
  leftovers,
  survivors,
  stopHook,
}: Pick<EndedProcess, 'result' | 'leftovers' | 'survivors'> & { stopHook?: StopHook | undefined }): Finding[] {
  const found: Finding[] = []
  const denied = result?.denied ?? []
  if (denied.length > 0) {
    const counts = new Map<string, number>()
    for (const tool of denied) counts.set(tool, (counts.get(tool) ?? 0) + 1)
    const names = [...counts].map(([tool, count]) => (count > 1 ? `${tool} ×${count}` : tool)).join(', ')
    found.push({
      kind: 'refused',
      weight: 'tell',
      text: `${plural(denied.length, 'call')} refused: ${names}.`,
      lasting: true,
    })
  }
  if (stopHook) {
    const { blocked, overridden, words } = stopHook
    const times = blocked === 1 ? 'once' : `${blocked} times`
    const said = words === '' ? '' : `: ${shortened(words.replace(/\s+/g, ' '), MAX_HOOK_CHARS)}`
    const what = overridden
      ? `A Stop hook sent Claude back ${times}, and was then overridden by Claude Code`
      : `A Stop hook sent Claude back ${times} before it could end`
    found.push({ kind: 'stop-hook', weight: 'tell', text: `${what}${said}`, lasting: true })
  }
  const left = [...leftovers, ...survivors]
  if (left.length > 0) {
    const names = left.slice(0, MAX_NAMED).map(({ command }) => command.slice(0, MAX_COMMAND_CHARS))
    const more = left.length > MAX_NAMED ? [`${left.length - MAX_NAMED} more`] : []
    const end =
      survivors.length > 0
        ? `; ${plural(survivors.length, 'process', 'processes')} could not be ended`
        : ', ended by Baton'
    const text = `${plural(left.length, 'process', 'processes')} left running in the background${end}: ${[...names, ...more].join(', ')}`
    found.push({ kind: 'background', weight: 'tell', text, lasting: true })
  }
  return found
}
