import { expect, it } from 'vitest'
import { readArgv } from '../../src/commands/argv/read-argv.ts'

const call = (...argv: string[]) => readArgv(argv, '1.2.3').call
const complaint = (...argv: string[]) => {
  try {
    readArgv(argv, '1.2.3')
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('was accepted')
}

it('reads task files and every option', () => {
  const off = { autoApprove: false, resume: false, all: false, dryRun: false, json: false }
  expect(call('tasks')).toEqual({ do: 'tasks', files: [], ...off })
  expect(
    call('tasks', 'a.md', '--task-file', 'b.md', '--task-file=c.md', '--only', '1,3-5,3', '--all', '--json'),
  ).toEqual({
    do: 'tasks',
    files: ['a.md', 'b.md', 'c.md'],
    ...off,
    all: true,
    json: true,
    only: [1, 3, 4, 5],
  })
  expect(call('tasks', '--auto-approve', '--dry-run', 'a.md')).toMatchObject({ autoApprove: true, dryRun: true })
  expect(call('tasks', '--resume')).toMatchObject({ resume: true })
  expect(call('tasks', '--status', '--json')).toEqual({ do: 'status', json: true })
})

it('takes --home before and after the command', () => {
  expect(readArgv(['--home', '/x', 'status'], '1').home).toBe('/x')
  expect(readArgv(['status', '--home', '/x'], '1').home).toBe('/x')
})

it('reads the commands of the phone', () => {
  const command = (...argv: string[]) => {
    const read = call(...argv)
    return read.do === 'command' ? { ...read.command, ...(read.words && { words: read.words }) } : read
  }
  expect(command('approve')).toEqual({ type: 'approve', target: {} })
  expect(command('approve', '3')).toEqual({ type: 'approve', target: { task: 3 } })
  expect(command('reject', '3', 'not', 'now')).toEqual({ type: 'reject', target: { task: 3 }, text: 'not now' })
  expect(command('reject', 'too risky')).toEqual({ type: 'reject', target: {}, text: 'too risky' })
  expect(command('answer', '3', 'Blue')).toMatchObject({ type: 'words', target: { task: 3 }, words: ['Blue'] })
  expect(command('answer', '3')).toMatchObject({ type: 'words', target: {}, words: ['3'] })
  expect(command('answer', 'Blue', 'Large')).toMatchObject({ target: {}, words: ['Blue', 'Large'] })
  expect(command('pause')).toEqual({ type: 'pause' })
  expect(command('pause', 'after')).toEqual({ type: 'pause', afterTask: true })
  expect(command('skip', '2', 'not needed')).toEqual({ type: 'skip', task: 2, why: 'not needed' })
  expect(command('say', '2', 'use the helper')).toEqual({ type: 'say', task: 2, text: 'use the helper' })
  expect(command('say', '404 pages are missing')).toEqual({ type: 'say', text: '404 pages are missing' })
  expect(command('add', 'Fix', 'the', 'footer', '--file', 'b.md')).toEqual({
    type: 'add',
    text: 'Fix the footer',
    file: 'b.md',
  })
  expect(command('undo', '3')).toEqual({ type: 'undo', task: 3 })
  expect(call('undo', '3', '--yes')).toMatchObject({ yes: true })
  expect(call('logs', '3', '-n', '5')).toEqual({ do: 'logs', task: 3, lines: 5 })
})

it('says in one line what is wrong, with the nearest name', () => {
  expect(complaint('tasks', '--sttaus')).toBe("Unknown option '--sttaus' (Did you mean --status?)")
  expect(complaint('pasue')).toBe("Unknown command 'pasue' (Did you mean pause?)")
  expect(complaint('undo')).toBe('undo what? For example: undo 3')
  expect(complaint('undo', 'x')).toBe('A task is named by its number, not "x".')
  expect(complaint('stop', 'now')).toContain("Too many arguments for 'stop'")
  expect(complaint('tasks', '--only', '5-2')).toContain('Write task numbers')
  expect(complaint()).toBe('A command is missing.')
  expect(complaint('task')).toBe('A command is missing.')
  expect(complaint('help', 'nope')).toBe("Unknown command 'nope'")
})

it('shows help and version', () => {
  expect(call('--version')).toEqual({ do: 'print', text: '1.2.3\n' })
  expect(call('tasks', '--help')).toMatchObject({ do: 'print', text: expect.stringContaining('--auto-approve') })
  const help = call('--help') as { text: string }
  for (const usage of ['answer [task] <text>', 'deploy <environment> [commit] [why]', 'undo <task>', 'help [command]'])
    expect(help.text).toContain(`\n  ${usage} `)
  expect(call('instance', '--help')).toMatchObject({
    text: expect.stringMatching(/\nCommands:\n(?: {2}.*\n)* {2}help \[/),
  })
  expect(call('deploy', '--help')).toMatchObject({
    text: expect.stringMatching(/^Usage: baton deploy \[options\] <env/),
  })
})
