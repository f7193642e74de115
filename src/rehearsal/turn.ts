import { type Directive, readQuestion } from './directives.ts'
import { FAULTS, isLasting } from './faults.ts'
import type { RehearsalSession } from './session-store.ts'
import type { Ending, Stage } from './stage.ts'
import { askQuestions, STEPS, settleQuestions } from './steps.ts'

/** What the turn needs of the agent around it. */
export interface TurnPorts {
  stage: Stage
  save: () => void
  /** Takes up what was said meanwhile. */
  listen: () => void
}

/** Works through the session's steps from where it stands, to the end of the turn. */
export async function playTurn({ stage, save, listen }: TurnPorts): Promise<Ending> {
  const { session } = stage
  while (session.next < session.steps.length) {
    const ending = await playStep(stage, save)
    if (stage.interrupted.aborted) return INTERRUPTED
    if (ending !== undefined) return ending
    save()
    listen()
  }
  const done = session.done.length === 0 ? 'said what it would do and changed nothing' : session.done.join(', ')
  const text = `(rehearsal) Acted out “${session.title}”: ${done}.`
  stage.say(text)
  return { text }
}

const INTERRUPTED: Ending = {
  subtype: 'error_during_execution',
  isError: true,
  errors: ['Interrupted'],
  terminalReason: 'aborted_tools',
  stopReason: 'tool_use',
}

async function playStep(stage: Stage, save: () => void): Promise<Ending | undefined> {
  const { session } = stage
  const step = session.steps[session.next]
  if (step === undefined) return undefined
  if (session.limitUntil !== undefined && Date.now() < session.limitUntil) {
    return FAULTS.limit?.(stage, { name: 'limit', rest: '', always: false })
  }
  if (step.name === 'ask') {
    const rest = session.steps.slice(session.next)
    const count = rest.findIndex((one) => one.name !== 'ask')
    const questions = count === -1 ? rest : rest.slice(0, count)
    return advance(stage, questions.length, await askQuestions(stage, questions))
  }
  const fault = FAULTS[step.name]
  if (fault !== undefined) {
    // It is over before it happens: the process may not live to say so.
    if (!isLasting(step)) session.next += 1
    save()
    return fault(stage, step)
  }
  const play = STEPS[step.name]
  if (play === undefined) stage.say(`(rehearsal) I do not know how to act out “${step.name}”.`)
  return advance(stage, 1, await play?.(stage, step))
}

/**
 * What was decided while no process lived comes as words when the session is resumed: a denied call is not made again,
 * and a question that was answered is not asked again. A granted call is, as with Claude: it is asked for and allowed.
 */
export function takeDecision(session: RehearsalSession, words: string): void {
  const { refused = [] } = session
  delete session.refused
  // Told that it was not a refusal, or that it is granted, Claude makes the call again.
  if (/^The user approved this call|refused by the interruption/m.test(words))
    session.steps.splice(session.next, 0, ...refused)
  if (isDenied(session.steps[session.next], words)) session.next += 1
  // An answer is one to its own question: what has not been answered is still to be asked.
  const before = session.next
  while (isAnswered(session.steps[session.next], words)) session.next += 1
  if (session.next > before)
    session.done.push(...[...words.matchAll(/^The answer: (.*)$/gm)].map(([, answer]) => `was told “${answer}”`))
}

const isAnswered = (step: Directive | undefined, words: string): boolean =>
  step?.name === 'ask' && words.includes(`You asked: ${readQuestion(step.rest).question}\n`)

const COMPARED_UNITS = 100

/** A denial may be told again when its call is over: then the next step is another one. */
function isDenied(step: Directive | undefined, words: string): boolean {
  if (!/^The user denied this call/m.test(words) || (step?.name !== 'bash' && step?.name !== 'tool')) return false
  const { name, rest } = step
  const named = name === 'bash' ? [rest] : [...rest.matchAll(/:\s*"([^"\\]+)"/g)].map(([, value = '']) => value)
  return named.every((text) => words.includes(text.slice(0, COMPARED_UNITS)))
}

/** A step that was interrupted or kept for later is not over. */
function advance(stage: Stage, steps: number, ending: Ending | undefined): Ending | undefined {
  if (!stage.interrupted.aborted && ending?.deferred === undefined) stage.session.next += steps
  return ending
}

/** Takes up a question that was kept, in a new process. */
export async function playDeferred({ stage, save }: TurnPorts): Promise<Ending | undefined> {
  const { deferred } = stage.session
  if (deferred === undefined) return undefined
  delete stage.session.deferred
  const ending = await settleQuestions(stage, deferred.id, deferred.input as object, deferred.count)
  if (ending === undefined && !stage.interrupted.aborted) stage.session.next += deferred.count
  save()
  return stage.interrupted.aborted ? INTERRUPTED : ending
}
