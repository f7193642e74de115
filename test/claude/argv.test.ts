import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClaudeOptions, claudeArgs } from '../../src/claude/start/argv.ts'

const BASE: ClaudeOptions = {
  sessionId: '6ad69f7a-10e9-4dee-a329-62f2ca476137',
  resume: false,
  permissionMode: 'default',
}

describe('the arguments of claude', () => {
  it('always drive it by JSON lines and over stdio, and name the permission mode', () => {
    expect(claudeArgs(BASE)).toEqual([
      '-p',
      '--input-format=stream-json',
      '--output-format=stream-json',
      '--verbose',
      '--permission-prompt-tool=stdio',
      '--permission-mode=default',
      '--session-id=6ad69f7a-10e9-4dee-a329-62f2ca476137',
    ])
  })

  it('continue a session with all flags given again', () => {
    const args = claudeArgs({ ...BASE, resume: true, model: 'opus', maxTurns: 3 })
    expect(args).toContain(`--resume=${BASE.sessionId}`)
    expect(args).toEqual(expect.arrayContaining(['--model=opus', '--max-turns=3']))
    expect(args.some((arg) => arg.startsWith('--session-id'))).toBe(false)
  })

  it('join rules by commas and leave out what is empty', () => {
    const args = claudeArgs({
      ...BASE,
      allowedTools: ['Bash(npm run a, b:*)', ' ', 'Edit'],
      disallowedTools: [],
      agent: '',
    })
    expect(args.filter((arg) => /Tools|agent/.test(arg))).toEqual(['--allowedTools=Bash(npm run a, b:*),Edit'])
  })

  it('put the user’s extra arguments last, as they are', () => {
    expect(claudeArgs({ ...BASE, extraArgs: ['--add-dir', '../shared'] }).slice(-2)).toEqual(['--add-dir', '../shared'])
  })

  it('keep every value in one argument that begins with its flag, whatever it holds', () => {
    const value = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => text.trim() !== '' && !text.includes('\0'))
    fc.assert(
      fc.property(value, value, value, (model, agent, appendSystemPrompt) => {
        const args = claudeArgs({ ...BASE, model, agent, appendSystemPrompt }).slice(7)
        expect(args).toEqual([`--model=${model}`, `--agent=${agent}`, `--append-system-prompt=${appendSystemPrompt}`])
      }),
    )
  })

  it('fit into the limits of the system with a long addition to the system prompt', () => {
    const args = claudeArgs({ ...BASE, appendSystemPrompt: 'word '.repeat(20_000) })
    expect(execFileSync('/bin/echo', args).length).toBeGreaterThan(100_000)
  })
})
