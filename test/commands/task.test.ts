import { describe, expect, it } from 'vitest'
import { aHome, baton, tasks } from '../terminal/program.ts'

const CONFIG = { 'tasks/a.md': tasks('say one', 'say two') }

describe('baton task', () => {
  it('creates a task with its branch and what it depends on, and lists and shows it', async () => {
    const home = aHome(CONFIG)
    const made = await baton(home, ['task', 'create', 'Fix the footer', '--branch', 'feature/x', '--depends-on', '1,2'])
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('tasks/a.md:') })
    expect(home.read('tasks/a.md')).toContain(
      '## Task 3: Fix the footer\n\n**Branch:** feature/x\n**Depends On:** 1, 2\n**Claude Instruction:**\nFix the footer\n',
    )
    const { stdout } = await baton(home, ['task', 'list', '--json'])
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(listed).toMatchObject([
      { number: 1, title: 'Part 1', status: 'queued' },
      { number: 2, lane: null, branch: null, worktree: null, commit: null },
      { number: 3, title: 'Fix the footer', branch: 'feature/x', dependsOn: [1, 2], file: 'tasks/a.md' },
    ])
    const shown = await baton(home, ['task', 'show', '3'])
    expect(shown.stdout).toContain('Task 3: Fix the footer\n')
    expect(shown.stdout).toMatch(/Branch +feature\/x/)
    expect(JSON.parse((await baton(home, ['task', 'show', '3', '--json'])).stdout)).toEqual(listed[2])
  })

  it('calls what it depends on so that the file means that task, whichever file it is in', async () => {
    const home = aHome({ 'tasks/a.md': tasks('say one', 'say two'), 'tasks/b.md': tasks('say three') })
    const make = (title: string, on: string, file: string) =>
      baton(home, ['task', 'create', title, '--depends-on', on, '--file', file])
    // Task 3 is the first one of b.md, and called like the first one of a.md.
    for (const [title, on, file] of [
      ['New', '2', 'tasks/c.md'],
      ['Part 2', '2', 'tasks/d.md'],
      ['Doubtful', '1', 'tasks/d.md'],
      ['Near', '3', 'tasks/b.md'],
    ] as const)
      expect(await make(title, on, file)).toMatchObject({ exitCode: 0 })
    const { stdout } = await baton(home, ['task', 'list', '--json'])
    const listed = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map((task) => [`${task.file} ${task.title}`, task.dependsOn]),
    )
    expect(listed.get('tasks/c.md New')).toEqual([2])
    expect(listed.get('tasks/d.md Part 2')).toEqual([2])
    expect(listed.get('tasks/d.md Doubtful')).toEqual([1])
    expect(listed.get('tasks/b.md Near')).toEqual([3])
    expect((await baton(home, ['task', 'create', ''])).exitCode).toBe(2)
    const started = await baton(home, [
      'task',
      'create',
      'rehearse: say so',
      '--depends-on',
      '1',
      '--file',
      'e.md',
      '--start',
    ])
    expect(started).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/2 tasks: 2 done/) })
  })

  it('starts a new task with what it depends on, and nothing else', async () => {
    const home = aHome(CONFIG)
    const {
      exitCode,
      stdout: told,
      stderr,
    } = await baton(home, ['task', 'create', 'rehearse: say three', '--depends-on', '2', '--start', '--json'])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    for (const line of told.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('type')
    const { stdout } = await baton(home, ['task', 'list', '--json'])
    const states = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).status)
    expect(states).toEqual(['queued', 'done', 'done'])
  })

  it('writes nothing that could not be run', async () => {
    const home = aHome(CONFIG)
    const before = home.read('tasks/a.md')
    const unknown = await baton(home, ['task', 'create', 'X', '--depends-on', '9', '--json'])
    expect(unknown.exitCode).toBe(2)
    expect(JSON.parse(unknown.stdout).error).toMatchObject({ hint: expect.stringContaining('baton task list') })
    const odd = await baton(home, ['task', 'create', 'X', '--branch', 'a b..c'])
    expect(odd).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('a git branch') })
    expect(home.read('tasks/a.md')).toBe(before)
    const boxes = aHome({ 'tasks/a.md': '- [ ] One\n' })
    expect((await baton(boxes, ['task', 'create', 'X', '--branch', 'b'])).exitCode).not.toBe(0)
    expect(boxes.read('tasks/a.md')).toBe('- [ ] One\n')
  })

  it('says what to do where there is no task yet', async () => {
    const { exitCode, stdout } = await baton(aHome({}), ['task', 'list'])
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('baton task create') })
  })
})
