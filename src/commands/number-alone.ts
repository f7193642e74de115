import type { Reply } from '../core/inputs.ts'
import type { Ask } from '../core/types.ts'
import type { CommandArgv } from './argv/call.ts'

/**
 * `answer 2` alone, where task 2 asks: it may be the second option, or the task with its words forgotten. An answer counts once, so
 * nobody guesses; undefined where the number can only be the answer.
 */
export function numberAlone({ command, words = [] }: CommandArgv, asks: readonly Ask[]): Reply | undefined {
  if (command.type !== 'words' || command.target.task !== undefined || words.length !== 1) return undefined
  const number = /^#?(\d+)$/.exec(words[0] ?? '')?.[1]
  const asking = asks.filter(({ task }) => task === Number(number))
  if (asking.length === 0) return undefined
  return {
    ok: false,
    code: 'ambiguous',
    text: `Is ${number} the task or the answer? Give both. Task ${number} asks: ${asking[0]?.title}`,
    data: { asks: asking.map(({ id }) => id) },
  }
}
