import type { Random } from './random.ts'

/** Tasks for the rehearsal agent, with everything that must be there once they are done. */
export interface Jobs {
  /** The task file. */
  text: string
  titles: string[]
  /** Path → content that the agent was told to write. */
  files: Map<string, string>
}

/**
 * Makes `count` tasks in which every kind of step occurs: edits, waits, questions, permissions, approvals, checks, retries.
 * `stubborn`: the share of tasks whose agent leaves a process behind.
 */
export function createJobs(random: Random, count: number, { stubborn = 0.35 } = {}): Jobs {
  const files = new Map<string, string>()
  const titles: string[] = []
  const sections = Array.from({ length: count }, (_, i) => {
    const number = i + 1
    const title = `Job ${number}`
    titles.push(title)
    const steps = Array.from({ length: random.int(1, 3) }, (_, j) => stepOf(random, files, `${number}-${j + 1}`))
    files.set(`done-${number}.txt`, `job ${number}`)
    if (random.chance(0.15)) steps.splice(random.int(0, steps.length), 0, 'rehearse: fail-once')
    // A process of its own group that does not hear SIGTERM: Baton has to find and end it, also after its own death.
    if (random.chance(stubborn)) steps.unshift('rehearse: child-sleep')
    const fields = [
      random.chance(0.3) && '**Requires Approval:** yes',
      random.chance(0.25) && `**Verify:**\n- test -f done-${number}.txt\n`,
    ].filter((field) => field !== false)
    const instruction = [...steps, `rehearse: edit done-${number}.txt "job ${number}"`].join('\n')
    return `## Task ${number}: ${title}\n${fields.map((field) => `${field}\n`).join('')}**Claude Instruction:**\n${instruction}\n`
  })
  return { text: `# Jobs\n\n${sections.join('\n')}`, titles, files }
}

function stepOf(random: Random, files: Map<string, string>, name: string): string {
  switch (random.pick(['edit', 'wait', 'ask', 'bash', 'say'] as const)) {
    case 'edit':
      files.set(`edit-${name}.txt`, `edit ${name}`)
      return `rehearse: edit edit-${name}.txt "edit ${name}"`
    case 'wait':
      return `rehearse: wait ${random.int(50, 400)}ms`
    case 'ask':
      return `rehearse: ask "Question ${name}?" Red|Blue`
    case 'bash':
      files.set(`bash-${name}.txt`, '')
      return `rehearse: bash touch bash-${name}.txt`
    case 'say':
      return `rehearse: say Working on ${name}.`
  }
}
