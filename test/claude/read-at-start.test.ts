import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { markOfStart } from '../../src/claude/start/read-at-start.ts'

function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'baton-mark-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  mkdirSync(join(dir, 'project/src'), { recursive: true })
  const mark = () => markOfStart(join(dir, 'project/src'), { HOME: join(dir, 'home') })
  return { write, mark }
}

test.each([
  'project/src/CLAUDE.md',
  'project/CLAUDE.local.md',
  'CLAUDE.md',
  'project/.claude/settings.json',
  'project/.claude/settings.local.json',
  'project/.claude/agents/reviewer.md',
  'project/.claude/skills/a/SKILL.md',
  'project/.mcp.json',
  'project/.git/HEAD',
  'home/.claude/settings.json',
  'home/.claude/plugins/installed.json',
  'home/.claude/CLAUDE.md',
])('%s is read at the start: another one makes a Claude started ahead too old', async (path) => {
  const { write, mark } = folder()
  const before = await mark()
  write(path, 'one')
  const with_ = await mark()
  write(path, 'two!')
  expect(new Set([before, with_, await mark()]).size).toBe(3)
})

test('A file that a CLAUDE.md takes in counts as well', async () => {
  const { write, mark } = folder()
  write('project/CLAUDE.md', 'See @docs/style.md for the style.')
  const before = await mark()
  write('project/docs/style.md', 'one')
  expect(await mark()).not.toBe(before)
})

test('Work on the files of the project, and the sessions that Claude itself keeps, change nothing', async () => {
  const { write, mark } = folder()
  write('home/.claude/projects/x/session.jsonl', '{}')
  write('home/.claude/plugins/installed.json', '{}')
  const before = await mark()
  write('project/src/main.ts', 'x')
  write('home/.claude/projects/x/other.jsonl', '{}')
  write('home/.claude.json', '{}')
  write('home/.claude/plugins/store/notes.json', '{}')
  expect(await mark()).toBe(before)
})
