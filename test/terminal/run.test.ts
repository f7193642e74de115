import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { aHome, baton, startBaton, tasks } from './program.ts'

it('works through a file without asking, notes what is done, and ends with 0', async () => {
  const home = aHome({
    'today.md': tasks('edit one.txt "1"', { fields: '**Requires Approval:** true\n', act: 'bash echo two > two.txt' }),
  })
  const { exitCode, stdout } = await baton(home, ['tasks', 'today.md', '--auto-approve'])
  expect(exitCode).toBe(0)
  expect([home.read('one.txt'), home.read('two.txt')]).toEqual(['1', 'two\n'])
  expect(home.read('today.md').match(/\*\*Status:\*\* done \d{4}-\d\d-\d\dT\d\d:\d\dZ/g)).toHaveLength(2)
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}Started task 1: Part 1$/m)
  expect(stdout).toMatch(/Allowed without asking: Run .*echo two > two\.txt$/m)
  const [, folder = ''] = /^Logs: (logs\/\S+\/)$/m.exec(stdout) ?? []
  expect(readdirSync(join(home.dir, folder)).filter((name) => name.endsWith('.log'))).toHaveLength(2)

  const again = await baton(home, ['tasks', '--task-file', 'today.md'])
  expect(again.exitCode).toBe(0)
  expect(again.stderr).toContain('every task in today.md is already done')
})

it('ends with 3 where something is asked and nobody is there, says how to answer, and goes on with the answers', async () => {
  const act = 'ask "Which colour?" Red|Blue\nbash echo hi > hi.txt'
  const home = aHome({ 'today.md': tasks({ fields: '**Requires Approval:** true\n', act }, 'edit last.txt "x"') })

  const first = await baton(home, ['tasks', 'today.md'])
  expect(first.exitCode).toBe(3)
  expect(first.stdout).toContain('Start task 1: Part 1?')
  expect(first.stdout).toContain('rehearse: ask "Which colour?" Red|Blue')
  expect(first.stdout).toContain('baton approve 1\n')
  expect(existsSync(join(home.dir, '.agent'))).toBe(false)

  const approved = await baton(home, ['approve', '1'], { npm_lifecycle_event: 'baton' })
  expect(approved.exitCode).toBe(3)
  expect(approved.stderr).toContain('Continuing the run here: today.md')
  expect(approved.stdout).toContain('  1. Red\n')
  expect(approved.stdout).toContain('npm run baton -- answer 1 "Red"\n')

  const answered = await baton(home, ['answer', '1', 'Blue'])
  expect(answered.exitCode).toBe(3)
  expect(answered.stdout).toContain('echo hi > hi.txt')

  const allowed = await baton(home, ['approve'])
  expect(allowed.exitCode).toBe(0)
  expect(home.read('hi.txt')).toBe('hi\n')
  expect(home.read('last.txt')).toBe('x')
})

it('ends with 1 when a task failed, and tries again on retry', async () => {
  const home = aHome({ 'today.md': tasks('fail', 'edit two.txt "2"') })
  const { exitCode, stdout } = await baton(home, ['tasks', 'today.md', '--auto-approve'])
  expect(exitCode).toBe(1)
  expect(home.read('two.txt')).toBe('2')
  expect(stdout).toMatch(/^✗ 1 {2}Part 1 {2}failed/m)
  expect(stdout).toMatch(/^Next +baton retry 1 · Part 1 failed/m)
  const again = await baton(home, ['retry', '1'])
  expect(again.stdout).toContain('Task 1 starts over: Part 1')
})

it('ends with 1 when a task was rejected or skipped', async () => {
  const home = aHome({ 'today.md': tasks({ fields: '**Requires Approval:** true\n', act: 'say hello' }) })
  expect((await baton(home, ['tasks', 'today.md'])).exitCode).toBe(3)
  const rejected = await baton(home, ['reject', '1', 'not', 'today'])
  expect(rejected.stdout).toContain('not today')
  expect((await baton(home, ['status', '--json'])).stdout).toContain('"status":"skipped"')
})

it('prints nothing but JSON on stdout, events and a summary', async () => {
  const home = aHome({
    'today.md': tasks('edit one.txt "1"', { fields: '**Requires Approval:** true\n', act: 'say x' }),
  })
  const { exitCode, stdout, stderr } = await baton(home, ['tasks', 'today.md', '--json'])
  expect(exitCode).toBe(3)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; [key: string]: unknown })
  expect(lines.map(({ type }) => type)).toEqual(expect.arrayContaining(['run.queued', 'task.done', 'ask.opened']))
  expect(lines.slice(0, -1).every(({ seq, at }) => typeof seq === 'number' && typeof at === 'number')).toBe(true)
  expect(lines.at(-1)).toMatchObject({
    type: 'summary',
    exitCode: 3,
    counts: { done: 1, waiting: 1 },
    asks: [{ kind: 'approval', task: 2, options: ['Approve', 'Reject', 'Skip', 'Stop'] }],
  })
  const nowhere = { lane: null, branch: null, worktree: null, commit: null }
  expect(lines.at(-1)?.tasks).toEqual([expect.objectContaining(nowhere), expect.objectContaining({ lane: 1 })])
  expect(stderr).toContain('baton approve 2')

  const status = JSON.parse((await baton(home, ['tasks', '--status', '--json'])).stdout)
  expect(status).toMatchObject({
    type: 'status',
    run: { status: 'waiting' },
    tasks: [{ status: 'done', ...nowhere }, { status: 'waiting' }],
  })
})

it('shows a plan without starting anything, and works on chosen tasks only', async () => {
  const home = aHome({ 'today.md': tasks('edit one.txt "1"', 'edit two.txt "2"', 'edit three.txt "3"') })
  const plan = await baton(home, ['tasks', 'today.md', '--only', '2-3', '--dry-run'])
  expect(plan.exitCode).toBe(0)
  expect(plan.stdout.split('\n').slice(0, 3)).toEqual(['today.md: 2 tasks to do', '  2  Part 2', '  3  Part 3'])
  expect(existsSync(join(home.dir, '.baton'))).toBe(false)
  const [first] = (await baton(home, ['tasks', 'today.md', '--only', '2', '--dry-run', '--json'])).stdout.split('\n')
  const where = { lane: null, branch: null, worktree: null, commit: null }
  expect(JSON.parse(first as string)).toMatchObject({ type: 'task', number: 2, asksForApproval: false, ...where })
  const run = await baton(home, ['tasks', 'today.md', '--only', '3'])
  expect(run.exitCode).toBe(0)
  expect(existsSync(join(home.dir, 'one.txt'))).toBe(false)
  expect(home.read('three.txt')).toBe('3')
})

it('refuses a second run on the same state, naming the first one', async () => {
  const home = aHome({ 'today.md': tasks('wait 20s') })
  const first = startBaton(home, ['tasks', 'today.md'])
  await first.hears('Started task')
  const second = await baton(home, ['tasks', 'today.md'])
  expect(second.exitCode).toBe(2)
  expect(second.stderr).toMatch(new RegExp(`already running here: .*process ${first.child.pid}, since \\d{4}-`))

  const status = await baton(home, ['status'])
  expect(status.stdout).toContain(`process ${first.child.pid}`)
  expect((await baton(home, ['pause'])).stdout).toContain('Paused')
  expect((await first.ended).exitCode).toBe(3)
  expect(first.stdout()).toContain('--resume')
})

it('finishes cleanly on one interrupt, at once on the second, and goes on with --resume each time', async () => {
  const home = aHome({ 'today.md': tasks('edit one.txt "1"\nwait 30s', 'edit two.txt "2"') })
  for (const times of [1, 2]) {
    const run = startBaton(home, ['tasks', ...(times === 1 ? ['today.md'] : ['--resume'])])
    await run.hears('task 1')
    await new Promise((resolve) => setTimeout(resolve, 700))
    run.child.kill('SIGINT')
    await run.hears('Stopping cleanly… Ctrl-C again to stop now.')
    if (times === 2) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      run.child.kill('SIGINT')
    }
    const { exitCode } = await run.ended
    expect(exitCode).toBe(130)
    if (times === 1) expect(run.stdout()).toMatch(/^Next +2 tasks left: baton tasks --resume$/m)
  }
  home.write('one.txt', 'kept')
  const resumed = startBaton(home, ['tasks', '--resume'])
  await resumed.hears(/(Resumed|Restarted) task 1: Part 1/)
  expect((await baton(home, ['skip'])).stdout).toContain('Skipped task 1')
  expect((await resumed.ended).exitCode).toBe(1)
  expect([home.read('one.txt'), home.read('two.txt')]).toEqual(['kept', '2'])
})

it('resumes the run of the files that are named, else starts one, and asks for no approvals if told so', async () => {
  const asks = tasks({ fields: '**Requires Approval:** true\n', act: 'say a' }, 'say b')
  const home = aHome({ 'today.md': asks, 'other.md': asks })
  expect((await baton(home, ['tasks', 'today.md'])).exitCode).toBe(3)
  const same = await baton(home, ['tasks', 'today.md', '--resume'])
  expect([same.exitCode, same.stdout.match(/Started 2 tasks/)]).toEqual([3, null])
  const resumed = await baton(home, ['tasks', '--resume', 'today.md', '--auto-approve'])
  expect([resumed.exitCode, resumed.stdout.match(/Started 2 tasks/)]).toEqual([0, null])
  expect((await baton(home, ['tasks', 'today.md', '--resume'])).stderr).toContain('Nothing to do')
  const other = await baton(home, ['tasks', 'other.md', '--resume', '--auto-approve'])
  expect(other.exitCode).toBe(0)
  expect(other.stderr).toContain('No run of other.md was left')
})

it('tells Claude that nobody is there where a question comes up unattended', async () => {
  const home = aHome({ 'today.md': tasks('ask "Which colour?" Red|Blue\nedit done.txt "x"') })
  const { exitCode, stdout } = await baton(home, ['tasks', 'today.md', '--auto-approve'])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Nobody is there to answer')
  expect(readFileSync(join(home.dir, 'logs', 'baton.log'), 'utf8')).toContain('"type":"ask.answered"')
})

it('shows no secret, wherever it was planted', async () => {
  const secret = 'hunter2-hunter2-hunter2'
  const act = `say ${secret}\nask "Is ${secret} right?" ${secret}|No`
  const home = aHome({
    '.env': `API_TOKEN=${secret}\n`,
    'today.md': tasks({ fields: '**Requires Approval:** true\n', act }),
  })
  for (const args of [
    ['tasks', 'today.md'],
    ['approve'],
    ['status'],
    ['status', '--json'],
    ['logs'],
    ['tasks', '--resume', '--json'],
  ]) {
    const { stdout, stderr } = await baton(home, args)
    expect(stdout + stderr).not.toContain(secret)
  }
})

it('shows what a task changed, and takes it back only after asking back', async () => {
  const home = aHome({ 'today.md': tasks('edit one.txt "1"'), '.gitignore': 'logs/\n.baton/\n.agent/\n' })
  execFileSync('git', ['init', '--quiet'], { cwd: home.dir })
  expect((await baton(home, ['tasks', 'today.md'])).exitCode).toBe(0)
  expect((await baton(home, ['diff', '1'])).stdout).toMatch(/^\+\+\+ b\/one\.txt\n@@.*@@\n\+1$/m)
  const refused = await baton(home, ['undo', '1'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('--yes')
  expect(home.read('one.txt')).toBe('1')
  expect((await baton(home, ['undo', '1', '--yes'])).exitCode).toBe(0)
  expect(existsSync(join(home.dir, 'one.txt'))).toBe(false)
})

it('copies the state while nothing is lost, and writes over no file', async () => {
  const home = aHome({ 'today.md': tasks('say x') })
  expect((await baton(home, ['backup', 'copy.db'])).exitCode).toBe(2)
  await baton(home, ['tasks', 'today.md'])
  expect((await baton(home, ['backup', 'copy.db'])).exitCode).toBe(0)
  expect((await baton(home, ['backup', 'copy.db'])).stderr).toContain('already exists')
  const nowhere = await baton(home, ['backup', 'no/such/folder/copy.db'])
  expect(nowhere.exitCode).toBe(2)
  expect(nowhere.stderr).toMatch(/^error: The state cannot be copied to .*copy\.db: .+\.\n {2}Name a new file/)
  rmSync(join(home.dir, '.baton'), { recursive: true })
  mkdirSync(join(home.dir, '.baton'))
  renameSync(join(home.dir, 'copy.db'), join(home.dir, '.baton', 'baton.db'))
  expect((await baton(home, ['status'])).stdout).toContain('1 done')
})

it('adds a task to a file', async () => {
  const home = aHome({ 'tasks/today.md': tasks('say x') })
  const { exitCode, stdout } = await baton(home, ['add', 'Fix', 'the', 'footer'])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Fix the footer')
  expect(home.read('tasks/today.md')).toContain('Fix the footer')
})
