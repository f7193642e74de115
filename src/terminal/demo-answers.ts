import type { Command } from '../core/commands/commands.ts'
import type { Actor, Ask, Choice } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'

const DEMO: Actor = { surface: 'terminal', id: 'demo', name: 'the demo' }

const CHOICES: Record<Ask['kind'], Choice> = {
  approval: 'approve',
  permission: 'allow',
  question: 'answer',
  review: 'accept',
  failure: 'retry',
}

/** Answers everything that is asked after a moment, as a person who agrees: for the demo where nobody is there. */
export function demoAnswerer(thinkingMs: number): (api: DaemonApi) => () => void {
  return (api) => {
    const timers = new Map<string, NodeJS.Timeout>()
    const look = () => {
      for (const ask of api.view.openAsks()) {
        if (timers.has(ask.id)) continue
        timers.set(
          ask.id,
          setTimeout(() => void api.submit(demoAnswer(ask), DEMO), thinkingMs),
        )
      }
    }
    const stopFollowing = api.follow((event) => {
      if (event.type === 'ask.opened') look()
    })
    look()
    return () => {
      stopFollowing()
      for (const timer of timers.values()) clearTimeout(timer)
    }
  }
}

/** What the demo says: yes, the first option, once more. */
function demoAnswer(ask: Ask): Command {
  const answers = (ask.questions ?? []).map(({ question, options }) => [question, options[0]?.label ?? 'Yes'])
  return {
    type: 'answer',
    target: { askId: ask.id, hash: ask.hash },
    choice: CHOICES[ask.kind],
    ...(ask.kind === 'question' && { answers: Object.fromEntries(answers) }),
  }
}
