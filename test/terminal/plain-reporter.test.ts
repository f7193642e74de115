import { expect, it } from 'vitest'
import type { Live } from '../../src/daemon/api/views.ts'
import { plainReporter } from '../../src/terminal/follow/plain-reporter.ts'

it('says each time that the API is tried again, once, and nothing of what else is done', () => {
  const printed: string[] = []
  let tell: (lives: Live[], queue: string) => void = () => undefined
  let isOver = false
  const reporter = plainReporter({
    api: {
      onLive: (listener) => {
        tell = listener
        return () => {
          isOver = true
        }
      },
    },
    queue: 'main',
    screen: { print: (lines: readonly string[]) => printed.push(...lines) } as never,
    redact: (text) => text.replaceAll('secret', '•'),
    now: () => 0,
    diagnostics: () => undefined,
  })
  const live = (activity: string, trouble?: string) =>
    ({ taskId: 't3', task: 3, activity, ...(trouble !== undefined && { trouble }) }) as Live
  const trouble = (n: number) => live('x', `API not reachable, retrying (${n} of 10): secret`)
  for (const one of [live('thinking'), trouble(1), trouble(1), trouble(2), live('writing'), trouble(1), undefined])
    tell(one ? [one] : [], 'main')
  tell([trouble(9)], 'another')
  expect(printed.map((line) => line.replace(/^.*? {2}/, ''))).toEqual(
    [1, 2, 1].map((n) => `Task 3: API not reachable, retrying (${n} of 10): •`),
  )
  reporter.close()
  expect(isOver).toBe(true)
})
