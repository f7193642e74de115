import { shortened } from '../text/cut.ts'
import { taskFileIn } from './extract.ts'
import { type PlanRequest, planPrompt, repairPrompt } from './prompt.ts'

export interface WritePorts {
  ask: (prompt: string) => Promise<string>
  /** What is wrong with a task file: lines for people. */
  check: (text: string) => Promise<readonly string[]>
}

/**
 * Has a task file written, and mended once when it cannot be read. Throws what `ask` throws, and when no task file came at
 * all.
 */
export async function writePlan(
  request: PlanRequest,
  { ask, check }: WritePorts,
): Promise<{ text: string; problems: string[] }> {
  const first = await ask(planPrompt(request))
  const text = taskFileIn(first)
  const problems = text === '' ? [] : await check(text)
  if (text !== '' && problems.length === 0) return { text, problems: [] }
  const second = await ask(text === '' ? planPrompt(request) : repairPrompt(text, problems))
  const mended = taskFileIn(second)
  if (mended !== '') return { text: mended, problems: [...(await check(mended))] }
  // A repair that makes it worse is worth less than what was there.
  if (text !== '') return { text, problems: [...problems] }
  throw new Error(`Claude did not write a task file. It said: ${shortened(first.trim(), 500)}`)
}
