import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { MessagesRequest } from '../support/messages-api.ts'
import { calls, hangs, runs, says, usageLimit } from '../support/messages-replies.ts'
import { QUIET_CLAUDE } from '../support/quiet-claude.ts'
import { createRealBaton, type RealBaton } from '../support/real-baton.ts'

/** Ten processes of Claude start one after the other, behind all else that the machine does. */
const PATIENT = { timeout: 900_000 }

const BATON = join(import.meta.dirname, '../../bin/baton.js')

const task = (number: number, words = `Write ${number}.`, fields = '') =>
  `## Task ${number}: Title ${number}\n${fields}**Claude Instruction:**\n${words}\n\n`
const tasks = (count: number) => Array.from({ length: count }, (_, index) => task(index + 1)).join('')

/** The task that a request is about, whatever its session has been told since. */
const numberIn = ({ body }: MessagesRequest) => Number(/Write (\d+)\./.exec(JSON.stringify(body.messages))?.[1])

/** Holds whoever comes until so many are there. */
function barrier(count: number) {
  const here = new Set<number>()
  const all = Promise.withResolvers<void>()
  return {
    /** Each has its own time to come: where the machine is busy, ten starts take minutes. */
    async gathered(baton: RealBaton) {
      for (let number = 1; number <= count; number++)
        await baton.until(`number ${number} of ${count} at once`, () => here.size >= number || undefined)
    },
    come: async (who: number) => {
      here.add(who)
      if (here.size === count) all.resolve()
      await all.promise
    },
  }
}

/** Starts a run of its tasks that asks for no approval. */
async function begin(baton: RealBaton): Promise<string> {
  await baton.up()
  const started = (await baton.post('/api/quick-start', { auto_approve: true })) as { session_id: string }
  return started.session_id
}

interface ShownRun {
  status: string
  tasks: { id: number; status: string; branch: string | null; worktree: string | null; commit: string | null }[]
}
const runOf = (baton: RealBaton, id: string) => baton.get<ShownRun>(`/api/status/${id}`)
const all = async (baton: RealBaton, id: string, count: number) => {
  // One after the other: ten processes take their time to start.
  for (let done = 1; done <= count; done++)
    await baton.until(`the end of task ${done}`, async () => {
      const { tasks } = await runOf(baton, id)
      return tasks.filter(({ status }) => status === 'done').length >= done || undefined
    })
  return (await runOf(baton, id)).tasks
}
const landed = (baton: RealBaton, id: string) => {
  const branch = `baton/${id}/merged`
  return {
    subjects: baton.home.git('log', '--format=%s', `HEAD..${branch}`).trim().split('\n'),
    files: baton.home.git('ls-tree', '--name-only', branch).trim().split('\n'),
    read: (path: string) => baton.home.git('show', `${branch}:${path}`),
  }
}
/** What no task may touch. */
const usersTree = ({ home }: RealBaton) =>
  JSON.stringify([
    home.git('status', '--porcelain=v1'),
    home.git('rev-parse', 'HEAD'),
    readFileSync(join(home.dir, '.git', 'index')).toString('base64'),
  ])

describe('lanes, with the real program', () => {
  it('work on ten tasks at once, each in a folder and on a branch of its own, and land them all', PATIENT, async () => {
    const ten = barrier(10)
    await using baton = await createRealBaton(
      tasks(10),
      { more: 'lanes: 10\nmark: false\nretries: 0\n' },
      async (request) => {
        if (request.toolResults.length > 0) return says('Wrote it.')
        const number = numberIn(request)
        await ten.come(number)
        return runs(`printf '%s %s' ${number} "$BATON_LANE" > file-${number}.txt`)
      },
    )
    baton.home.repository()
    const before = usersTree(baton)
    const id = await begin(baton)
    await ten.gathered(baton)
    const shown = await all(baton, id, 10)
    expect(new Set(shown.map(({ branch }) => branch)).size).toBe(10)
    const { subjects, files, read } = landed(baton, id)
    expect(subjects).toHaveLength(10)
    const lanes = Array.from({ length: 10 }, (_, index) => read(`file-${index + 1}.txt`).split(' ')[1])
    expect(new Set(lanes).size).toBe(10)
    expect(files.filter((name) => name.startsWith('file-'))).toHaveLength(10)
    expect(usersTree(baton)).toBe(before)
  })

  it('give a conflict back to the session that made it, which sees both sides and solves it', async () => {
    const two = barrier(2)
    await using baton = await createRealBaton(
      tasks(2),
      { more: 'lanes: 2\nmark: false\nretries: 0\n' },
      async (request) => {
        if (request.toolResults.length > 0) return says('Wrote it.')
        if (request.prompt.includes('change the same lines'))
          return runs("cat same.txt; printf 'one\\ntwo\\n' > same.txt")
        const number = numberIn(request)
        await two.come(number)
        return runs(`echo "by task ${number}" > same.txt`)
      },
    )
    baton.home.repository()
    const id = await begin(baton)
    await all(baton, id, 2)
    const { read, subjects } = landed(baton, id)
    expect(read('same.txt')).toBe('one\ntwo\n')
    const seen = baton.api.requests.flatMap(({ toolResults }) => toolResults.map(({ text }) => text))
    expect(seen.join()).toMatch(/<<<<<<<[\s\S]*by task [12]\n=======\nby task [12]\n>>>>>>>/)
    expect(subjects).toHaveLength(2)
    const returned = baton.api.requests.filter(({ prompt }) => prompt.includes('change the same lines'))
    expect(returned).toHaveLength(1)
    // Its own session, which knows what it did before.
    expect(JSON.stringify(returned[0]?.body.messages)).toMatch(/by task \d\\*" > same\.txt/)
    expect(returned[0]?.prompt).toMatch(/Title 1[\s\S]*Title 2|Title 2[\s\S]*Title 1/)
  })

  it('meet one usage limit together: each loses one request, then one goes first and the others follow', async () => {
    const three = barrier(3)
    let resetsAt = 0
    let isFirst = true
    let early = 0
    await using baton = await createRealBaton(
      tasks(6),
      { more: 'lanes: 3\nmark: false\nretries: 0\n' },
      async (request) => {
        if (resetsAt === 0 || Date.now() < resetsAt * 1_000) {
          await three.come(numberIn(request))
          resetsAt ||= Math.ceil(Date.now() / 1_000) + 6
          return usageLimit(resetsAt)
        }
        if (isFirst) {
          isFirst = false
          const before = baton.api.requests.length
          await sleep(3_000)
          early = baton.api.requests.length - before
        }
        return says('Done.')
      },
      { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x' },
    )
    baton.home.repository()
    const id = await begin(baton)
    await all(baton, id, 6)
    expect(early).toBe(0)
    // Three that met the limit, and one for each task.
    expect(baton.api.requests).toHaveLength(9)
  })

  it('continue a session in a worktree that vanished while its question was open', async () => {
    await using baton = await createRealBaton(
      task(1),
      { claude: '  hold: 0s\n', more: 'lanes: 2\nmark: false\nretries: 0\n' },
      ({ prompt, toolResults }) => {
        const [result] = toolResults
        if (result?.text.includes('Which colour')) return runs('cat first.txt > second.txt; pwd > where.txt')
        if (result?.text.includes('begun'))
          return calls({
            name: 'AskUserQuestion',
            input: {
              questions: [
                {
                  question: 'Which colour?',
                  header: 'Pick',
                  options: ['Red', 'Blue'].map((label) => ({ label, description: label })),
                  multiSelect: false,
                },
              ],
            },
          })
        return prompt.includes('Write 1') ? runs('echo first > first.txt; echo begun') : says('Done.')
      },
    )
    baton.home.repository()
    await baton.up()
    const { session_id: id } = (await baton.post('/api/quick-start', {})) as { session_id: string }
    const question = await baton.until('the question', async () => {
      const { asks } = await baton.get<{ asks: { id: string; kind: string; text: string; state: string }[] }>(
        '/api/asks',
      )
      const [ask] = asks
      if (ask?.kind === 'permission') await baton.answer(ask, 'allow')
      return ask?.kind === 'question' ? ask : undefined
    })
    await baton.until('the end of its process', () => baton.processes().length === 0 || undefined)
    await baton.down()
    const tree = join(baton.home.dir, '.baton', 'worktrees')
    for (const project of readdirSync(tree))
      for (const name of readdirSync(join(tree, project))) rmSync(join(tree, project, name), { recursive: true })
    await baton.up()
    await baton.answer(question, 'Blue')
    await baton.until('its end', async () => {
      const { asks } = await baton.get<{ asks: { id: string; kind: string; text: string; state: string }[] }>(
        '/api/asks',
      )
      if (asks[0]?.kind === 'permission') await baton.answer(asks[0], 'allow')
      return (await runOf(baton, id)).tasks[0]?.status === 'done' || undefined
    })
    expect((await baton.task()).attempt_list).toHaveLength(1)
    const { read } = landed(baton, id)
    expect(read('where.txt')).toContain(join('.baton', 'worktrees'))
    expect(JSON.stringify(baton.api.requests.at(-1)?.body.messages)).toContain('Blue')
  })

  it('land each task once when everything is killed in the middle of a landing, and nothing of its checks is left', async () => {
    const two = barrier(2)
    const check = 'sh -c \'echo $$ >> "$HOME/checks.log"; test -e "$HOME/go" || sleep 600\''
    await using baton = await createRealBaton(
      tasks(2),
      { more: `lanes: 2\nmark: false\nretries: 0\nmerge:\n  verify: [${JSON.stringify(check)}]\n` },
      async (request) => {
        if (request.toolResults.length > 0) return says('Wrote it.')
        const number = numberIn(request)
        await two.come(number)
        return runs(`echo ${number} > file-${number}.txt`)
      },
    )
    const log = join(baton.home.dir, 'checks.log')
    baton.home.repository()
    const id = await begin(baton)
    const pid = await baton.until('a landing', () =>
      // A shell makes the file before it writes to it.
      existsSync(log) ? Number(/^(\d+)\n/.exec(readFileSync(log, 'utf8'))?.[1]) || undefined : undefined,
    )
    await baton.kill('daemon')
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    baton.home.write('go', '')
    await baton.up()
    await baton.until('the end of the old check', () => (existsSync(`/proc/${pid}`) ? undefined : true))
    await all(baton, id, 2)
    const { subjects, files } = landed(baton, id)
    expect(subjects).toHaveLength(2)
    expect(files).toEqual(expect.arrayContaining(['file-1.txt', 'file-2.txt']))
  })
})

const hasTmux = spawnSync('tmux', ['-V']).status === 0

describe.runIf(hasTmux)('a session that a person takes over, with the real program', () => {
  it('goes to a window and back, with all that was said on either side', async () => {
    const key = 'sk-ant-test'
    await using baton = await createRealBaton(
      task(1),
      { more: 'lanes: 2\nmark: false\nretries: 0\n' },
      ({ prompt, toolResults }) => {
        if (prompt.includes('a person speaks')) return says('Heard the person.')
        if (prompt.includes('only the docs')) return says('Did the docs.')
        return toolResults.length > 0 ? hangs() : runs('echo begun > begun.txt')
      },
      { ANTHROPIC_API_KEY: key },
    )
    const { home, api } = baton
    home.repository()
    const id = await begin(baton)
    await baton.until('Claude', () => api.requests.length > 1 || undefined)
    const sessions = join(home.dir, 'sessions')
    // What a person has answered at the first start of Claude Code on their machine.
    const settings = join(sessions, '.claude.json')
    const known = JSON.parse(readFileSync(settings, 'utf8')) as { projects?: Record<string, object> }
    const tree = (await runOf(baton, id)).tasks[0]?.worktree ?? ''
    const trusted = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true }
    const projects = { ...known.projects, [home.dir]: trusted, [realpathSync(home.dir)]: trusted, [tree]: trusted }
    const answered = { hasCompletedOnboarding: true, theme: 'dark', customApiKeyResponses: { approved: [key] } }
    writeFileSync(settings, JSON.stringify({ ...known, ...answered, projects }))
    const env = {
      ...{ PATH: process.env.PATH, HOME: home.dir, TMUX_TMPDIR: sessions, TERM: 'xterm-256color' },
      ...{ ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: key, CLAUDE_CONFIG_DIR: sessions, ...QUIET_CLAUDE },
    }
    const tmux = (...args: string[]) => spawnSync('tmux', ['-L', 'baton', ...args], { env, encoding: 'utf8' }).stdout
    const screen = () => tmux('capture-pane', '-p', '-t', 'baton-1-claude')
    const takeover = spawn(process.execPath, [BATON, 'takeover', '1', '--home', home.dir], { env, stdio: 'ignore' })
    onTestFinished(() => {
      takeover.kill('SIGKILL')
      tmux('kill-server')
    })
    await baton.until('the window', () => (/Write 1|>/.test(screen()) ? true : undefined))
    expect((await runOf(baton, id)).tasks[0]?.status).toBe('taken_over')
    await baton.until('what the person said', async () => {
      if (api.requests.some(({ prompt }) => prompt.includes('a person speaks'))) return true
      tmux('send-keys', '-t', 'baton-1-claude', 'C-u')
      tmux('send-keys', '-t', 'baton-1-claude', '-l', 'a person speaks')
      await sleep(500)
      tmux('send-keys', '-t', 'baton-1-claude', 'Enter')
      await sleep(5_000)
      return undefined
    })
    await baton.until('the answer', () => (screen().includes('Heard the person') ? true : undefined))
    const release = [BATON, 'release', '1', 'only the docs are left', '--home', home.dir]
    spawnSync(process.execPath, release, { env, encoding: 'utf8' })
    await all(baton, id, 1)
    const last = api.requests.find(({ prompt }) => prompt.includes('only the docs'))
    const history = JSON.stringify(last?.body.messages)
    for (const words of ['echo begun', 'a person speaks', 'Heard the person.']) expect(history).toContain(words)
    await baton.until('the end of its processes', () => baton.processes().length === 0 || undefined)
  })
})
