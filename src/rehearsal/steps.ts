import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Directive, readMs, readQuestion, readQuoted } from './directives.ts'
import { runShell } from './shell.ts'
import type { Ending, Stage } from './stage.ts'

/** Acts out one directive; an ending when the turn is over with it. */
export type RehearsalStep = (stage: Stage, directive: Directive) => Promise<Ending | undefined>

/** What a well-behaved agent does. */
export const STEPS: Record<string, RehearsalStep> = {
  say: async (stage, { rest }) => {
    stage.say(rest)
    return undefined
  },
  // Ends the turn with these words, whatever was done.
  conclude: async (stage, { rest }) => {
    const { text } = readQuoted(rest)
    stage.say(text)
    return { text }
  },
  wait: async (stage, { rest }) => {
    await stage.sleep(readMs(rest))
    return undefined
  },
  edit: async (stage, { rest }) => {
    const [, path = 'rehearsal.txt', text = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? []
    const file = resolve(path)
    const content = readQuoted(text).text
    const id = stage.call('Write', { file_path: file, content })
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    stage.toolResult(id, `File created successfully at: ${file}`)
    stage.session.done.push(`wrote ${path}`)
    return undefined
  },
  bash: async (stage, directive) => {
    const { rest } = directive
    const input = { command: rest, description: 'Rehearses a command' }
    const id = stage.call('Bash', input)
    if (!(await isAllowed(stage, directive, { tool: 'Bash', id, input }))) return undefined
    const { output, exitCode } = await runShell(rest, stage.interrupted)
    stage.toolResult(id, output === '' ? '(no output)' : output, exitCode !== 0)
    stage.session.done.push(`ran ${rest}`)
    return undefined
  },
  // Asks for any other tool, and does nothing with it: `tool WebFetch {"url": "https://example.com"}`.
  tool: async (stage, directive) => {
    const { rest } = directive
    const [, name = 'WebFetch', json = '{}'] = /^(\S+)\s*(.*)$/s.exec(rest) ?? []
    const input = readInput(json)
    const id = stage.call(name, input)
    if (await isAllowed(stage, directive, { tool: name, id, input }))
      stage.toolResult(id, `(rehearsal) ${name} would have run.`)
    return undefined
  },
  // Tells how far the subscription is used, as Claude does: `plan 85% 20s`.
  plan: async (stage, { rest }) => {
    const [, percent = '0', resets = ''] = /^(\d+)\s*%?\s*(.*)$/s.exec(rest) ?? []
    const resetsAt = Math.ceil((Date.now() + readMs(resets)) / 1_000)
    stage.print({
      type: 'rate_limit_event',
      rate_limit_info: { status: 'allowed', resetsAt, rateLimitType: 'five_hour', utilization: Number(percent) / 100 },
    })
    return undefined
  },
  ask: async (stage, directive) => askQuestions(stage, [directive]),
}

function readInput(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json === '' ? {} : { text: json }
  }
}

/** Claude's ordinary rules, as far as they go here: bypassPermissions asks nobody. */
async function isAllowed(
  stage: Stage,
  directive: Directive,
  { tool, id, input }: { tool: string; id: string; input: unknown },
): Promise<boolean> {
  if (stage.permissionMode === 'bypassPermissions') return true
  const body = { subtype: 'can_use_tool', tool_name: tool, input, tool_use_id: id, permission_suggestions: [] }
  const answer = await stage.request(body)
  if (answer?.behavior === 'allow') return true
  if (answer === undefined && !stage.interrupted.aborted)
    stage.session.refused = [...(stage.session.refused ?? []), directive]
  if (answer !== undefined)
    stage.session.denied = [...(stage.session.denied ?? []), { tool_name: tool, tool_use_id: id, tool_input: input }]
  stage.toolResult(id, typeof answer?.message === 'string' ? answer.message : NOBODY, true)
  stage.session.done.push(`was not allowed to use ${tool}`)
  return false
}

const NOBODY = 'The user does not want to proceed with this tool use.'

const NOTE_MS = 20

/** Several `ask` lines in a row are several questions of one call. */
export async function askQuestions(stage: Stage, directives: Directive[]): Promise<Ending | undefined> {
  const input = { questions: directives.map((directive) => readQuestion(directive.rest)) }
  const id = stage.call('AskUserQuestion', input)
  return settleQuestions(stage, id, input, directives.length)
}

/** Asks by the host's hook where it has one, then by the ordinary channel; the hook may keep the call for later. */
export async function settleQuestions(
  stage: Stage,
  id: string,
  input: object,
  count: number,
): Promise<Ending | undefined> {
  if (stage.hasHook('AskUserQuestion')) {
    const hook = { hook_event_name: 'PreToolUse', tool_name: 'AskUserQuestion', tool_input: input, tool_use_id: id }
    const answer = await stage.request({
      subtype: 'hook_callback',
      callback_id: 'rehearsal',
      input: hook,
      tool_use_id: id,
    })
    const verdict = answer?.hookSpecificOutput as { permissionDecision?: string; updatedInput?: unknown } | undefined
    if (verdict?.permissionDecision === 'defer') {
      // Claude takes a moment to note it, in which an interrupt undoes it.
      await stage.sleep(NOTE_MS)
      if (stage.interrupted.aborted) return undefined
      stage.session.deferred = { id, input, count }
      const deferred = { id, name: 'AskUserQuestion', input }
      return { stopReason: 'tool_deferred', terminalReason: 'tool_deferred', deferred }
    }
    if (verdict?.permissionDecision === 'allow') return answered(stage, id, verdict.updatedInput)
  }
  const body = { subtype: 'can_use_tool', tool_name: 'AskUserQuestion', input, tool_use_id: id }
  const answer = await stage.request({ ...body, requires_user_interaction: true })
  if (answer?.behavior === 'allow') return answered(stage, id, answer.updatedInput)
  const { session } = stage
  if (answer === undefined && !stage.interrupted.aborted)
    session.refused = [...(session.refused ?? []), ...session.steps.slice(session.next, session.next + count)]
  stage.toolResult(id, typeof answer?.message === 'string' ? answer.message : NOBODY, true)
  if (!stage.interrupted.aborted) stage.session.done.push('got no answer and chose for itself')
  return undefined
}

function answered(stage: Stage, id: string, input: unknown): undefined {
  const answers = (input as { answers?: Record<string, string> } | undefined)?.answers ?? {}
  const words = Object.entries(answers).map(([question, answer]) => `"${question}"="${answer}"`)
  stage.toolResult(id, `Your questions have been answered: ${words.join(', ')}.`)
  stage.session.done.push(...Object.values(answers).map((answer) => `was told “${answer}”`))
  return undefined
}
