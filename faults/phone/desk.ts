import { setTimeout as sleep } from 'node:timers/promises'
import type { Choice } from '../../src/core/types.ts'
import type { Random } from '../random.ts'
import { API_TOKEN } from './home.ts'

/** Somebody at the dashboard, while the phone is out of reach. */
export interface Desk {
  /** What was answered, by the id of the ask; a kill may have swallowed it. */
  said: Map<string, { choice: Choice; answers?: Record<string, string> }>
  /** Ids of the asks whose answer the daemon said it had taken. */
  taken: Set<string>
  /** Answers what is open there now, some of it. */
  work: (url: string) => Promise<void>
}

interface ShownAsk {
  id: string
  hash: string
  options: { choice: Choice }[]
  questions?: { question: string; options: { label: string }[] }[]
}

/** Makes somebody who says yes to a part of what is asked, over HTTP. */
export function createDesk(random: Random, share: number): Desk {
  const seen = new Set<string>()
  const said: Desk['said'] = new Map()
  const taken: Desk['taken'] = new Set()
  const call = async (url: string, body?: object) => {
    const init = body && { method: 'POST', body: JSON.stringify(body) }
    // The daemon may be killed at any moment.
    return fetch(url, {
      ...init,
      headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' },
    }).catch(() => undefined)
  }
  const yes = ({ options, questions = [] }: ShownAsk) => {
    const choice = (['approve', 'allow', 'accept', 'retry', 'answer'] as const).find((wanted) =>
      options.some((option) => option.choice === wanted),
    )
    if (choice !== 'answer') return { choice: choice ?? ('skip' as const) }
    return {
      choice,
      answers: Object.fromEntries(questions.map((one) => [one.question, random.pick(one.options).label])),
    }
  }
  return {
    said,
    taken,
    work: async (url) => {
      const listed = (await (await call(`${url}/api/asks`))?.json().catch(() => undefined)) as
        | { asks?: ShownAsk[] }
        | undefined
      for (const ask of listed?.asks ?? []) {
        if (seen.has(ask.id)) continue
        seen.add(ask.id)
        if (!random.chance(share)) continue
        await sleep(random.int(0, 300))
        const answer = yes(ask)
        said.set(ask.id, answer)
        const response = await call(`${url}/api/asks/${ask.id}`, { answer, hash: ask.hash })
        if (response?.ok) taken.add(ask.id)
      }
    },
  }
}
