import { isAbsolute, resolve } from 'node:path'
import { permissionText } from '../../claude/asks/permission-text.ts'
import { matchesRule, taskRule } from '../../claude/asks/task-rule.ts'
import type { ClaudeAsk } from '../../claude/types.ts'
import type { ClaudeRequest } from '../../core/inputs.ts'
import type { Grant, Question } from '../../core/types.ts'
import { readPlainSync } from '../../files/plain.ts'

const MAX_BEFORE_BYTES = 2 * 1024 * 1024

/** What a person sees of a request of Claude, and which grants of its task cover it. */
export function describeAsk(ask: ClaudeAsk, grants: readonly Grant[], cwd: string): ClaudeRequest {
  const call = { tool: ask.tool, input: ask.input, useId: ask.toolUseId, requestId: ask.requestId }
  if (ask.kind === 'question') {
    const questions = ask.questions.map(withoutEchoes)
    const [first] = questions
    const title =
      questions.length === 1 ? (first?.question ?? 'Claude asks') : `Claude asks ${questions.length} questions`
    return { kind: 'question', ...call, title, text: questionText(questions), questions: questions }
  }
  const { remark, ...shown } = permissionText(ask.tool, ask.input, cwd, fileBefore(ask.input, cwd))
  const rule = taskRule(ask.tool, ask.input, cwd, ask.guarded)
  const matchingRules = grants
    .map((grant) => grant.match)
    .filter((match) => matchesRule(match, ask.tool, ask.input, cwd, ask.guarded))
  const remarks = [remark, ask.blockedPath && `Outside the allowed folders: ${ask.blockedPath}`, ask.reason].filter(
    Boolean,
  )
  return {
    kind: 'permission',
    ...call,
    ...shown,
    ...(remarks.length > 0 && { remark: remarks.join('\n') }),
    ...(rule !== undefined && { rule }),
    matchingRules,
  }
}

/** A description that only repeats the label is dropped. */
function withoutEchoes(question: Question): Question {
  const options = question.options.map(({ label, description }) =>
    description === undefined || description === label ? { label } : { label, description },
  )
  return { ...question, options }
}

function questionText(
  questions: { question: string; options: { label: string; description?: string }[]; multiSelect: boolean }[],
): string {
  return questions
    .map(({ question, options, multiSelect }) => {
      const lines = options.map((o, i) => `${i + 1}. ${o.label}${o.description ? ` – ${o.description}` : ''}`)
      return [question, ...lines, multiSelect ? '(several can be chosen)' : ''].filter(Boolean).join('\n')
    })
    .join('\n\n')
}

/** The file as it is now, so that an edit is shown with its surroundings. */
function fileBefore(input: unknown, cwd: string): string | undefined {
  const path = (input as { file_path?: unknown } | undefined)?.file_path
  if (typeof path !== 'string') return undefined
  try {
    return readPlainSync(isAbsolute(path) ? path : resolve(cwd, path), MAX_BEFORE_BYTES).toString('utf8')
  } catch {
    return undefined
  }
}
