import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { holdChanged } from '../../src/assistant/hold-changed.ts'
import { readConfig } from '../../src/config/read.ts'
import type { Task, TaskSpec } from '../../src/core/types.ts'
import { createOwnGuard } from '../../src/guard/guard.ts'
import { planTaskFiles } from '../../src/sources/files/plan-files.ts'
import { createHome, type Home, type OpenHome } from '../support/home.ts'

let home: Home
let house: OpenHome | undefined
afterEach(async () => {
  await house?.runner.stop()
  house = undefined
  home.remove()
})

const task = (number: number, instruction: string) =>
  `## Task ${number}: Title ${number}\n**Claude Instruction:**\n${instruction}\n\n`

/** The first task runs a script, which no rule can look into. */
const newHome = (script: string, more = '') => {
  home = createHome(`${task(1, 'rehearse: bash sh work.sh')}${more}`, 'retries: 0\n')
  home.write('work.sh', script)
  home.write('.env', 'API_TOKEN=0123456789012345678901234567890123456789\n')
  chmodSync(join(home.dir, '.env'), 0o600)
  home.git('init', '-q')
}

const run = async (command: Parameters<OpenHome['start']>[0] = {}) => {
  house = await home.open()
  const runId = await house.start({ autoApprove: true, ...command })
  await house.rest()
  return runId
}
const findings = (runId: string, number = 1) => house?.runner.api.view.task(runId, number)?.proof?.findings ?? []

const plan = async () => {
  const read = await readConfig({ home: home.dir, env: {} })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return planTaskFiles(read.config, read.config.projects[0], {})
}

describe("Baton's own files, changed by a script that a task ran", () => {
  it('are as before again, byte for byte and with their rights, and what was written is kept', async () => {
    newHome(
      'printf "permission" > config.yaml\nprintf "API_TOKEN=x" > .env\nchmod 644 .env\nprintf "N=1" > .env.local\nprintf "x" > .baton/api-token\n',
    )
    mkdirSync(join(home.dir, '.baton'))
    home.write('.baton/api-token', 'the token\n')
    const runId = await run()
    expect(home.read('config.yaml')).toBe('retries: 0\n')
    expect(home.read('.env')).toMatch(/^API_TOKEN=0123/)
    expect(statSync(join(home.dir, '.env')).mode & 0o777).toBe(0o600)
    expect(home.read('.baton/api-token')).toBe('the token\n')
    expect(existsSync(join(home.dir, '.env.local'))).toBe(false)
    const found = findings(runId)
    expect(found.map(({ kind, path }) => [kind, path])).toEqual([
      ['own-file', '.env'],
      ['own-file', 'config.yaml'],
      ['own-file', '.baton/api-token'],
      ['own-file', '.env.local'],
    ])
    for (const { text } of found)
      expect(text).toMatch(/it has been restored\. The previous content is kept in \.baton\/kept\//)
    const [, where] = /kept in (\S+)\.$/.exec(found[1]?.text ?? '') ?? []
    expect(home.read(where ?? '')).toBe('permission')
    expect(house?.runner.api.view.latestRun()?.status).toBe('done')
    expect(house?.errors).toEqual([])
  })

  it('come back when they were removed, turned into links or into folders', async () => {
    newHome('rm .env\nrm config.yaml\nmkdir config.yaml\n')
    symlinkSync('elsewhere', join(home.dir, '.env.shared'))
    home.write('work.sh', 'rm .env config.yaml .env.shared\nmkdir config.yaml\nln -s /dev/zero .env\n')
    await run()
    expect(home.read('config.yaml')).toBe('retries: 0\n')
    expect(home.read('.env')).toMatch(/^API_TOKEN=0123/)
    expect(() => readFileSync(join(home.dir, '.env.shared'))).toThrow('ENOENT')
  })

  it('are looked after while the checks run, which run what the agent wrote', async () => {
    newHome('true\n', '')
    home.write(
      'tasks/today.md',
      `## Task 1: T\n**Verify:**\n- sh check.sh\n\n**Claude Instruction:**\nrehearse: say Done.\n`,
    )
    home.write('check.sh', 'printf x > config.yaml\n')
    const runId = await run()
    expect(home.read('config.yaml')).toBe('retries: 0\n')
    expect(findings(runId)).toMatchObject([{ kind: 'own-file', path: 'config.yaml' }])
  })

  it('are asked for one by one: what was allowed for the task does not cover a task file', async () => {
    newHome('true\n')
    home.write(
      'tasks/today.md',
      `${task(1, 'rehearse: bash cp work.sh tasks/b.md\nrehearse: bash cp work.sh tasks/b.md')}`,
    )
    house = await home.open()
    const runId = await house.start()
    const first = await house.ask('permission')
    expect(first.options.map(({ label }) => label)).not.toContain('Allow for this task')
    await house.answer(first, 'yes')
    await house.event('ask.answered')
    await expect.poll(() => house?.runner.api.view.openAsks().map(({ id }) => id)).not.toContain(first.id)
    await house.answer(await house.ask('permission'), 'yes')
    await house.rest()
    expect(findings(runId)).toMatchObject([
      { kind: 'task-file', path: 'tasks/b.md', text: 'This file was made while the task ran.' },
    ])
  })

  it('are refused where an agent that knows no hooks asks', async () => {
    newHome('true\n')
    home.write('tasks/today.md', task(1, 'rehearse: bash cat .env'))
    await run()
    expect(house?.events.filter(({ type }) => type === 'ask.opened' || type === 'grant.given')).toEqual([])
  })
})

describe('a mark that appears while a task runs', () => {
  const TICK = "sed -i 's/- \\[ \\]/- [x]/' tasks/list.md\n"

  it('does not count, whoever it is of, until a person writes it again; and Baton says so', async () => {
    newHome(TICK)
    home.write('tasks/list.md', '- [ ] Add tests\n- [ ] Add docs\n')
    const runId = await run({ files: ['tasks/today.md'] })
    expect(findings(runId)).toMatchObject([
      { kind: 'mark', path: 'tasks/list.md', line: 1, text: expect.stringContaining('not count: Add tests, Add docs') },
    ])
    let planned = await plan()
    expect(planned.tasks.map(({ spec }) => spec.title)).toEqual(['Add tests', 'Add docs'])
    expect(planned.problems).toMatchObject([
      {
        severity: 'warning',
        line: 1,
        message: expect.stringContaining('"Add tests" appeared while task 1 (Title 1) ran'),
      },
      { severity: 'warning', line: 2 },
    ])
    home.write('tasks/list.md', '- [X] Add tests\n- [ ] Add docs\n')
    planned = await plan()
    expect(planned.tasks.map(({ spec }) => spec.title)).toEqual(['Add docs'])
    expect(planned.problems).toEqual([])
  })

  it('counts once Baton has made it itself', async () => {
    newHome("sed -i 's/^\\*\\*Claude/**Status:** done\\n**Claude/' tasks/today.md\n", task(2, 'rehearse: say Second.'))
    const runId = await run()
    expect(findings(runId)).toMatchObject([{ kind: 'mark', path: 'tasks/today.md' }])
    expect(house?.runner.api.view.tasks(runId).map(({ status }) => status)).toEqual(['done', 'done'])
    expect(await plan()).toMatchObject({ tasks: [], alreadyDone: 2, problems: [] })
  })

  it('does not count for a task that fails after it, nor in a file that was not there', async () => {
    newHome("sed -i 's/- \\[ \\]/- [x]/' tasks/today.md\nprintf -- '- [x] New\\n' > tasks/new.md\n")
    home.write('config.yaml', 'retries: 0\non_failure: continue\n')
    home.write('tasks/today.md', '- [ ] Work\n\n  rehearse: bash sh work.sh\n  rehearse: fail\n')
    const runId = await run()
    expect(house?.runner.api.view.task(runId, 1)?.status).toBe('failed')
    expect((await plan()).tasks.map(({ spec }) => spec.title).sort()).toEqual(['New', 'Work'])
  })

  it('is taken for what it is after a restart, too', async () => {
    newHome(TICK)
    home.write('tasks/list.md', '- [ ] Add tests\n')
    await run({ files: ['tasks/today.md'] })
    await house?.runner.stop()
    house = await home.open()
    const next = await house.start({ files: ['tasks/list.md'] })
    await house.rest()
    expect(house.runner.api.view.tasks(next).map(({ title, status }) => [title, status])).toEqual([
      ['Add tests', 'done'],
    ])
    expect((await plan()).tasks).toEqual([])
  })
})

describe('a task file that an agent changed', () => {
  const review = async (offered: unknown[]) => {
    const read = await readConfig({ home: home.dir, env: {} })
    if ('problems' in read) throw new Error(JSON.stringify(read.problems))
    const hold = holdChanged({
      config: read.config,
      look: () => undefined,
      tellCard: () => (card) => offered.push(card) > 0,
    })
    return hold('main', ['tasks/*.md'], 'one')
  }

  it('is offered and not started by the clock, until a person starts it', async () => {
    newHome("printf -- '- [ ] Evil\\n' > tasks/evil.md\n")
    home.write('tasks/mine.md', '- [ ] Mine\n')
    await run({ files: ['tasks/today.md'] })
    const offered: unknown[] = []
    const held = await review(offered)
    expect(held).toMatchObject({ held: ['tasks/evil.md'], rest: ['tasks/mine.md', 'tasks/today.md'] })
    held?.offer()
    expect(offered).toMatchObject([{ id: 'held.one.tasks/evil.md', title: '1 new task in tasks/evil.md' }])
    await house?.start({ files: ['tasks/evil.md'] })
    expect(await review([])).toBe(undefined)
  })

  it('is one like any other once it reads as before again', async () => {
    newHome("printf -- '- [ ] Evil\\n' > tasks/mine.md\n")
    home.write('tasks/mine.md', '- [ ] Mine\n')
    await run({ files: ['tasks/today.md'] })
    expect(await review([])).toMatchObject({ held: ['tasks/mine.md'] })
    home.write('tasks/mine.md', '- [ ] Mine\n')
    expect(await review([])).toBe(undefined)
  })

  it('is known to be one while the task still runs, and no mark in it counts', async () => {
    newHome("printf -- '- [x] Later\\n' > tasks/later.md\n")
    home.write('tasks/later.md', '- [ ] Later\n')
    home.write('tasks/today.md', task(1, 'rehearse: bash sh work.sh\nrehearse: ask "Which?" Red|Blue'))
    house = await home.open()
    await house.start({ autoApprove: true, files: ['tasks/today.md'] })
    await house.ask('question')
    const by = { surface: 'schedule', id: '0 8 * * *', name: '0 8 * * *' } as const
    const reply = await house.runner.api.submit({ type: 'start', files: ['tasks/later.md'] }, by)
    expect(reply).toMatchObject({ ok: true, text: expect.not.stringContaining('done') })
    expect((await review([]))?.held).toEqual(['tasks/later.md'])
  })

  it('is one, and its marks do not count, when Baton was killed meanwhile; what else changed is told', async () => {
    newHome('true\n')
    home.write('tasks/list.md', '- [ ] Add tests\n')
    const read = await readConfig({ home: home.dir, env: {} })
    if ('problems' in read) throw new Error(JSON.stringify(read.problems))
    const config = read.config
    const spec = (await plan()).tasks[0]?.spec as TaskSpec
    const ports = { config, loadAll: async () => undefined, onError: (error: unknown) => expect(error).toBe(undefined) }
    mkdirSync(join(home.dir, '.baton'), { recursive: true })
    // Nobody sees its end.
    createOwnGuard(ports).watch(config.projects[0])({ number: 1, runId: 'r', spec } as Task)
    home.write('tasks/list.md', '- [x] Add tests\n')
    home.write('tasks/evil.md', '- [ ] Evil\n')
    home.write('config.yaml', 'retries: 9\n')
    const after = createOwnGuard(ports)
    expect(after.recover()).toEqual([expect.stringMatching(/^config\.yaml is not as it was when task 1 /)])
    expect((await review([]))?.held).toEqual(['tasks/evil.md', 'tasks/list.md'])
    expect((await plan()).tasks.map((one) => one.spec.title)).toContain('Add tests')
    expect(after.recover()).toEqual([])
    expect(readdirSync(join(home.dir, '.baton/before'))).toEqual([])
  })

  it('is found once where the home is reached by a link', async () => {
    newHome('true\n')
    const spec = (await plan()).tasks[0]?.spec as TaskSpec
    const link = `${home.dir}-link`
    symlinkSync(home.dir, link)
    try {
      const read = await readConfig({ home: link, env: {} })
      if ('problems' in read) throw new Error(JSON.stringify(read.problems))
      const { config } = read
      mkdirSync(join(home.dir, '.baton'), { recursive: true })
      const guard = createOwnGuard({
        config,
        loadAll: async () => undefined,
        onError: (error) => expect(error).toBe(0),
      })
      const watch = guard.watch(config.projects[0])({ number: 1, runId: 'r', spec } as Task)
      home.write('tasks/evil.md', '- [x] Evil\n')
      home.write('config.yaml', 'retries: 9\n')
      const found = await watch.end()
      expect(found.map(({ kind, path }) => [kind, path])).toEqual([
        ['own-file', 'config.yaml'],
        ['mark', 'tasks/evil.md'],
      ])
      expect(home.read('config.yaml')).toBe('retries: 0\n')
    } finally {
      rmSync(link)
    }
  })

  it('is not one that only Baton wrote into meanwhile', async () => {
    newHome('true\n', task(2, 'rehearse: ask "Which?" Red|Blue'))
    house = await home.open()
    const runId = await house.start({ autoApprove: true })
    const ask = await house.ask('question')
    await house.runner.api.submit({ type: 'add', text: 'One more' }, { surface: 'terminal', id: 'anna', name: 'anna' })
    expect(home.read('tasks/today.md')).toContain('One more')
    await house.answer(ask, 'Red')
    await house.rest()
    expect([...findings(runId), ...findings(runId, 2)]).toEqual([])
    expect(await review([])).toBe(undefined)
  })
})

describe('the program, edited by a person while a task runs', () => {
  let program: string
  /** A checkout of its own: in a rehearsal, nothing may be done to the one that the tests run from. */
  const edited = async (makeGit: (program: string) => void, more = '') => {
    program = mkdtempSync(join(realpathSync(tmpdir()), 'baton-program-'))
    mkdirSync(join(program, 'src'))
    writeFileSync(join(program, 'package.json'), '{"version":"1.0.0"}')
    writeFileSync(join(program, 'src/main.ts'), 'before')
    makeGit(program)
    newHome(
      `printf "mine" > ${program}/src/main.ts\nprintf "new" > ${program}/src/new.ts\n${more.replace('PROGRAM', program)}`,
    )
    house = await home.open({
      change: (config) => {
        config.program = program
      },
    })
    const runId = await house.start({ autoApprove: true })
    await house.rest()
    return findings(runId)
  }
  afterEach(() => rmSync(program, { recursive: true, force: true }))

  it('loses no byte though the home with its state folder is thrown away', async () => {
    const found = await edited((program) => mkdirSync(join(program, '.git')))
    expect(readFileSync(join(program, 'src/main.ts'), 'utf8')).toBe('before')
    expect(existsSync(join(program, 'src/new.ts'))).toBe(false)
    const kept = found.map(({ text }) => /kept in (\S+)\.$/.exec(text)?.[1] ?? '')
    home.remove()
    expect(kept.map((path) => readFileSync(path, 'utf8'))).toEqual(['mine', 'new'])
    expect(kept.every((path) => path.startsWith(join(program, '.baton/kept/')))).toBe(true)
  })

  it('is kept in the state folder where it is no checkout', async () => {
    const found = await edited(() => {})
    const [, where = ''] = /kept in (\S+)\.$/.exec(found[0]?.text ?? '') ?? []
    expect(where).toMatch(/^\.baton\/kept\//)
    expect(home.read(where)).toBe('mine')
  })

  it('is an update, also in a work tree whose git folder is elsewhere', async () => {
    const found = await edited((program) => {
      mkdirSync(join(program, 'repository/logs'), { recursive: true })
      writeFileSync(join(program, '.git'), 'gitdir: repository\n')
    }, 'echo pulled >> PROGRAM/repository/logs/HEAD\n')
    expect(found).toMatchObject([{ text: expect.stringContaining('updated while the task ran') }])
    expect(readFileSync(join(program, 'src/main.ts'), 'utf8')).toBe('mine')
  })
})
