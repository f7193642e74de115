import type { OutcomeKind } from '../../core/types.ts'
import type { EndedProcess } from '../types.ts'

/** What happened and what to do, in one or two sentences for people. */
export function outcomeText(kind: OutcomeKind, ended: EndedProcess): string {
  switch (kind) {
    case 'done':
      return ended.clock === 'exit' ? 'Done; Claude did not exit on its own and was stopped.' : 'Done.'
    case 'failed':
      return saying('Claude reported an error', ended)
    case 'max-turns':
      return 'Claude used up the allowed number of turns. Raise Max Turns, or retry to let it continue.'
    case 'budget':
      return 'Claude used up the budget of this task. Raise it, or stop here.'
    case 'limit':
      return saying('The usage limit has been reached', ended)
    case 'overloaded':
      return saying('The service is overloaded or cannot be reached', ended)
    case 'credentials':
      return saying('Claude cannot log in; run "claude auth login", or check the API key and the credit', ended)
    case 'timeout':
      return timeoutText(ended)
    case 'over-memory':
      return `Claude and what it started used ${((ended.overMemoryBytes ?? 0) / 1024 ** 3).toFixed(1)} GB of memory, more than lane_limits.memory allows, and were stopped. Its session can be continued.`
    case 'crashed':
      return ended.spawnError === undefined
        ? saying(`Claude ended without a result, ${exitText(ended)}`, ended)
        : `Claude could not be started: ${ended.spawnError.message}`
    case 'no-result':
      return saying('Claude ended without a result', ended)
    case 'empty':
      return 'Claude ended its turn without saying or doing anything.'
    case 'interrupted':
      return 'Interrupted; the session can be continued.'
    case 'parked':
      return 'Stopped while waiting for an answer; the answer continues it.'
    case 'deferred':
      return 'The session keeps the question; the answer continues it exactly there.'
  }
}

function timeoutText(ended: EndedProcess): string {
  if (ended.clock === 'start') return saying('Claude printed nothing after its start and was stopped', ended)
  if (ended.clock === 'idle')
    return 'Claude printed nothing for too long and was stopped. Its session can be continued.'
  return 'The time for this task is up; Claude was stopped. Its session can be continued.'
}

function exitText(ended: EndedProcess): string {
  return ended.signal === undefined ? `exit code ${ended.exitCode ?? 'unknown'}` : `ended by ${ended.signal}`
}

/** The words, then what Claude itself said about it: its error, else that of a crash, else the last line on stderr. */
function saying(words: string, ended: EndedProcess): string {
  const { result } = ended
  const own = result?.isError ? result.text || result.errors.join('; ') : errorLineOf(ended.stderr)
  return own === '' ? `${words}.` : `${words}: ${own}`
}

/** What a crashed program of Node or Python calls its error; what stands around it are places in its code. */
const CRASH = /^(?:[\w.]*(?:Error|Exception)(?: \[\w+\])?): /

/** The line of what a program wrote to stderr that says what went wrong: its error, else the last. */
export function errorLineOf(stderr: string): string {
  const lines = stderr.trim().split('\n')
  return (lines.findLast((line) => CRASH.test(line)) ?? lines.at(-1) ?? '').trim()
}
