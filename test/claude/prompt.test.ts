import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answerInWords,
  continuationPrompt,
  sayPrompt,
  systemPrompt,
  taskPrompt,
} from '../../src/claude/start/prompt.ts'

const TASK = {
  title: 'Add a login',
  criteria: ['It works', 'It is tested'],
  context: 'The shop.',
  instruction: 'Do it.\n',
}

describe('the prompt of a task', () => {
  it('holds title, context, description, criteria and instruction, in this order', () => {
    expect(taskPrompt({ ...TASK, description: 'For staff.' })).toBe(
      [
        '# Add a login',
        '## Context\n\nThe shop.',
        '## Description\n\nFor staff.',
        '## Acceptance criteria\n\n- It works\n- It is tested',
        '## Instruction\n\nDo it.\n',
      ].join('\n\n'),
    )
  })

  it('leaves out what the task does not have', () => {
    expect(taskPrompt({ title: 'T', criteria: [], context: '  ', instruction: 'X' })).toBe('# T\n\n## Instruction\n\nX')
  })

  it('ends with the instruction byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (instruction) => {
        expect(taskPrompt({ ...TASK, instruction }).endsWith(`## Instruction\n\n${instruction}`)).toBe(true)
      }),
    )
  })

  it('never begins with what Claude would run as a command of its own', () => {
    expect(taskPrompt({ ...TASK, title: '/clear' })).toMatch(/^# \/clear/)
    expect(sayPrompt('/clear')).not.toMatch(/^\//)
  })
})

describe('the addition to the system prompt', () => {
  it('speaks of git as the configuration has it, and ends with the user’s own words', () => {
    expect(systemPrompt({ gitAllowed: false })).toContain('Do not commit')
    const words = systemPrompt({ gitAllowed: true, append: 'Write German.' })
    expect(words).not.toContain('Do not commit')
    expect(words.endsWith('\n\nWrite German.')).toBe(true)
  })
})

describe('the words that continue a session', () => {
  it('give questions and answers whole', () => {
    const words = continuationPrompt({
      reason: 'answered',
      answers: { 'Which color?': 'Blue', 'How many?': 'two\nor three' },
    })
    expect(words).toContain('You asked: Which color?\nThe answer: Blue')
    expect(words).toContain('You asked: How many?\nThe answer: two\nor three')
    expect(answerInWords({})).toBe('')
  })

  it('name the granted call exactly, in a fence longer than any inside', () => {
    const shown = 'echo "```"\n````'
    const words = continuationPrompt({ reason: 'granted', tool: 'Bash', shown })
    expect(words).toContain(`\`\`\`\`\`\n${shown}\n\`\`\`\`\``)
    expect(words).toContain('run exactly that again')
    expect(words).toContain('look first at what it did')
  })

  it('tell a denial with its reason', () => {
    const words = continuationPrompt({ reason: 'denied', tool: 'Bash', shown: 'rm -rf x', words: 'Too risky.' })
    expect(words).toContain('The user denied this call of Bash')
    expect(words).toContain('The user adds: Too risky.')
  })

  it('give the failure’s text to the next try', () => {
    expect(continuationPrompt({ reason: 'retry', failure: 'npm test: 2 failed' })).toContain('npm test: 2 failed')
  })
})

it('tells a session that was ended in the middle of a call that nobody has refused that call', () => {
  for (const reason of ['interrupted', 'paused'] as const)
    expect(continuationPrompt({ reason })).toContain('refused by the interruption, not by the user')
})
