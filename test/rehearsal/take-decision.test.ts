import { expect, test } from 'vitest'
import { continuationPrompt } from '../../src/claude/start/prompt.ts'
import { readDirectives } from '../../src/rehearsal/directives.ts'
import type { RehearsalSession } from '../../src/rehearsal/session-store.ts'
import { takeDecision } from '../../src/rehearsal/turn.ts'

const STEPS = readDirectives(
  `rehearse: tool WebFetch {"url": "https://example.org/1"}
rehearse: bash npm test
rehearse: ask "Which colour?" Red|Blue
rehearse: ask "How many?" One|Two
rehearse: say done`,
)
const nextAfter = (next: number, words: string) => {
  const session = { next, steps: STEPS, done: [] } as unknown as RehearsalSession
  takeDecision(session, words)
  return session.next
}
const denied = (tool: string, shown: string) => continuationPrompt({ reason: 'denied', tool, shown })
const answered = continuationPrompt({ reason: 'answered', answers: { 'Which colour?': 'Red', 'How many?': 'Two' } })

test('a decision in words is about the step that it names', () => {
  expect(nextAfter(0, denied('WebFetch', 'https://example.org/1'))).toBe(1)
  expect(nextAfter(1, denied('Bash', 'npm test'))).toBe(2)
  expect(nextAfter(2, answered)).toBe(4)
})

test('told once more, when the next step is another one, it changes nothing', () => {
  expect(nextAfter(1, denied('WebFetch', 'https://example.org/1'))).toBe(1)
  expect(nextAfter(0, denied('WebFetch', 'https://example.org/0'))).toBe(0)
  expect(nextAfter(2, continuationPrompt({ reason: 'answered', answers: { 'What size?': 'Large' } }))).toBe(2)
  expect(nextAfter(4, answered)).toBe(4)
})
