import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CheckResult } from '../../../src/core/types.ts'
import { remoteOf } from '../../../src/github/remote.ts'
import { createReviews, type ReviewPorts } from '../../../src/github/review/reviews.ts'
import { createRounds } from '../../../src/github/rounds.ts'
import { redactor } from '../../../src/redact/redact.ts'
import { clientOf, freshDatabase } from '../../support/github/client.ts'
import { pullHands, reviewsOf } from '../../support/github/merge-routes.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import type { RepoHands } from '../../support/github/world.ts'
import { ATTACKS } from '../text/attacks.ts'
import { liveIn } from '../text/live.ts'

const SECRET = 'sesame-open-the-door-4711'
let server: GitHubServer
let dir: string
let count = 0
let name: string
let repo: RepoHands
let hands: ReturnType<typeof pullHands>
let clone: string
beforeAll(async () => {
  server = await startGitHub()
  dir = mkdtempSync(join(tmpdir(), 'baton-reviews-'))
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(() => {
  server.faults.clear()
  name = `acme/r${++count}`
  repo = server.repo(name, {
    people: { baton: 'write', wendy: 'write' },
    files: { 'a.js': 'one\ntwo\nthree\n', 'CLAUDE.md': 'Use tabs.\n' },
  })
  hands = pullHands(server.world, repo.row)
  clone = join(dir, `clone${count}`)
  execFileSync('git', ['clone', '-q', repo.row.gitDir, clone], { env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1' } })
})

interface Asked {
  prompt: string
  folder: string
  files: (path: string) => string
}

/** Rounds of a Baton that reviews; `reply`: what Claude answers. */
function reviewing(reply: (asked: Asked) => unknown, more: Partial<ReviewPorts> = {}, db = freshDatabase()) {
  const token = server.token('baton')
  const { github, state } = clientOf(server, { repo: name, token, db })
  const asked: Asked[] = []
  const errors: unknown[] = []
  let time = server.world.now()
  const ports: ReviewPorts = {
    ...{ github, state, folder: clone, which: 'all', isOwn: () => false },
    remote: remoteOf({ apiUrl: server.apiUrl, token, owner: github.owner, repo: github.repo }),
    ask: async ({ prompt, folder }) => {
      const one = { prompt, folder, files: (path: string) => readFileSync(join(folder, path), 'utf8') }
      asked.push(one)
      return reply(one)
    },
    words: async () => undefined,
    tryCommand: async () => undefined,
    withFolder: async (use) => {
      const folder = mkdtempSync(join(dir, 'tree-'))
      return use(folder).finally(() => rmSync(folder, { recursive: true }))
    },
    mayStart: () => true,
    redact: redactor([SECRET]),
    now: () => time,
    onError: (error) => void errors.push(error),
    ...more,
  }
  const reviews = createReviews(ports)
  const rounds = createRounds({
    ...{ github, state, label: 'ready', watchers: [reviews], pollMs: 60_000, now: server.world.now },
    onError: ports.onError,
  })
  return {
    ...{ asked, errors, reviews, rounds, db, state },
    later: (ms: number) => {
      time += ms
    },
    round: async () => {
      await rounds.once()
      await reviews.idle()
    },
  }
}
const said = (number: number) => repo.said(number, 'baton')
const posted = () => reviewsOf(repo.row)
const at = (line: number, more: object = {}) => ({
  ...{ path: 'a.js', line, side: 'RIGHT', title: `Line ${line} is wrong`, reason: 'It breaks.', ...more },
})

describe('a review', () => {
  it('looks at each head once, says it in one comment, and stands at its line where the diff shows that', async () => {
    const baton = reviewing(() => ({ findings: [at(2), { ...at(9), path: 'elsewhere.js' }] }))
    await baton.round()
    hands.push('fix', { 'a.js': 'one\nTWO\nthree\n' })
    const { number } = hands.open('eve', { branch: 'fix', title: 'Fix two', body: 'Because.' })
    await baton.round()
    await baton.round()
    expect(baton.errors).toEqual([])
    expect(baton.asked.length).toBe(1)
    expect(baton.asked[0]?.prompt).toMatch(/RIGHT 2 \+ TWO[\s\S]*/)
    expect(baton.asked[0]?.prompt).toContain('Use tabs.')
    expect(said(number).length).toBe(1)
    expect(said(number)[0]).toContain('2 remarks open')
    expect(said(number)[0]).toContain('elsewhere.js:9')
    expect(posted().map(({ comments }) => comments.map(({ path, line }) => [path, line]))).toEqual([[['a.js', 2]]])
    // A restart knows it, too.
    const again = reviewing(() => ({ findings: [] }), {}, baton.db)
    await again.round()
    expect(again.asked).toEqual([])
  })

  it('gives Claude the files of the head, and no repository', async () => {
    let seen = ''
    const baton = reviewing(({ files, folder }) => {
      seen = files('a.js')
      expect(() => readFileSync(join(folder, '.git'))).toThrow(/ENOENT/)
      expect(() => readFileSync(join(folder, '.git/HEAD'))).toThrow(/ENOENT/)
      return { findings: [] }
    })
    await baton.round()
    hands.push('fix', { 'a.js': 'changed\n', '.gitattributes': '* text eol=crlf\n' })
    const { number } = hands.open('eve', { branch: 'fix' })
    await baton.round()
    expect(seen).toBe('changed\n')
    expect(said(number)[0]).toMatch(/^✓ Reviewed `[0-9a-f]{8}`: nothing found\.\n\n<!-- baton:review:\d+ -->$/)
  })

  it('repeats nothing over ten pushes, and says what is resolved', async () => {
    let push = 0
    const baton = reviewing(() => ({
      findings: [at(2, { title: `In words ${push}` })],
      earlier: push >= 5 ? [{ id: 'F1', state: 'resolved' }] : [],
    }))
    await baton.round()
    hands.push('fix', { 'a.js': 'one\nTWO\nthree\n' })
    const { number } = hands.open('eve', { branch: 'fix' })
    await baton.round()
    for (push = 1; push < 10; push++) {
      hands.push('fix', { 'b.js': `push ${push}\n` })
      hands.touch(number)
      await baton.round()
    }
    expect(baton.asked.length).toBe(10)
    expect(baton.asked[9]?.prompt).toContain('F1 resolved a.js:2')
    expect(said(number).length).toBe(1)
    expect(said(number)[0]).toContain('nothing found; the earlier finding is resolved.')
    expect(posted().length).toBe(1)
  })

  it('calls a bug only what a command showed, and runs none of a fork', async () => {
    const ran: string[] = []
    const result = (more: Partial<CheckResult>): CheckResult => ({
      ...{ name: 'x', command: 'x', ok: false, durationMs: 1, output: `boom ${SECRET}`, ...more },
    })
    const commands: Record<string, Partial<CheckResult>> = {
      'node boom.js': { exitCode: 1 },
      true: { exitCode: 0, ok: true },
      nothing: { exitCode: 127 },
      slow: { exitCode: 1, timedOut: true },
    }
    const tryCommand = async (command: string) => {
      ran.push(command)
      return result(commands[command] ?? {})
    }
    const reply = () => ({ findings: Object.keys(commands).map((command, i) => at(i + 1, { command })) })
    const baton = reviewing(reply, { tryCommand })
    await baton.round()
    hands.push('fix', { 'a.js': '1\n2\n3\n4\n' })
    const { number } = hands.open('wendy', { branch: 'fix' })
    await baton.round()
    expect(ran).toEqual(Object.keys(commands))
    expect(said(number)[0]).toContain('1 bug, 3 remarks open')
    const inline = posted()[0]?.comments.map(({ body }) => body) ?? []
    expect(inline[0]).toMatch(/^\*\*Bug\*\*[\s\S]*exit code 1[\s\S]*node boom\.js[\s\S]*boom \[redacted\]/)
    expect(inline.slice(1).every((body) => body.startsWith('**Remark**'))).toBe(true)
    hands.open('eve', { branch: 'fix', fork: hands.pushElsewhere({ 'a.js': 'fork\n' }) })
    await baton.round()
    expect(baton.asked.length).toBe(2)
    expect(ran.length).toBe(4)
  })

  it('leaves drafts, Baton’s own and those that were there before alone, unless somebody asks', async () => {
    hands.push('old', { 'a.js': 'old\n' })
    const old = hands.open('eve', { branch: 'old' })
    const own = new Set<number>()
    const baton = reviewing(() => ({ findings: [] }), { isOwn: ({ number }) => own.has(number) })
    await baton.round()
    for (const branch of ['draft', 'own']) hands.push(branch, { [`${branch}.js`]: 'x\n' })
    const draft = hands.open('eve', { branch: 'draft', draft: true })
    const mine = hands.open('baton', { branch: 'own' })
    own.add(mine.number)
    await baton.round()
    expect(baton.asked.length).toBe(0)
    baton.reviews.request(mine.number, repo.tip('own') ?? '')
    if (draft.pull) draft.pull.draft = false
    hands.touch(draft.number)
    hands.push('old', { 'a.js': 'new push\n' })
    hands.touch(old.number)
    await baton.round()
    expect(baton.asked.length).toBe(3)
  })

  it('says that a huge one is huge, and asks Claude nothing', async () => {
    const baton = reviewing(() => ({ findings: [] }))
    await baton.round()
    const many = Object.fromEntries(
      Array.from({ length: 3 }, (_, i) => [`big${i}.txt`, `${'x'.repeat(60)}\n`.repeat(900)]),
    )
    hands.push('huge', many)
    const { number } = hands.open('eve', { branch: 'huge' })
    await baton.round()
    expect(said(number)[0]).toContain(
      'Too large to be shown to the reviewer line by line: big0.txt, big1.txt, big2.txt.',
    )
  })

  it('waits while Baton is paused or held, and asks Claude then', async () => {
    let isOpen = false
    const baton = reviewing(() => ({ findings: [] }), { mayStart: () => isOpen })
    await baton.round()
    hands.push('fix', { 'a.js': 'x\n' })
    hands.open('eve', { branch: 'fix' })
    await baton.round()
    expect(baton.asked.length).toBe(0)
    isOpen = true
    await baton.round()
    expect(baton.asked.length).toBe(1)
  })

  it('begins with what came meanwhile as soon as another one is done, first with what people asked for', async () => {
    let goOn = () => {}
    const first = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const { round, asked, reviews, rounds } = reviewing(async () => {
      if (asked.length === 1) await first
      return { findings: [] }
    })
    await round()
    const opened = ['one', 'two', 'three'].map((branch) => {
      hands.push(branch, { 'a.js': `${branch}\n` })
      return () => hands.open('eve', { branch, title: `Do ${branch}` })
    })
    opened[0]?.()
    await rounds.once()
    await expect.poll(() => asked.length).toBe(1)
    // The rounds after this one are a minute away.
    opened[1]?.()
    const { number } = opened[2]?.() ?? { number: 0 }
    await rounds.once()
    reviews.request(number, repo.tip('three') ?? '')
    goOn()
    await reviews.idle()
    expect(asked.map(({ prompt }) => /Do (one|two|three)/.exec(prompt)?.[1])).toEqual(['one', 'three', 'two'])
  })

  it('keeps no other waiting while GitHub fails for one', async () => {
    const baton = reviewing(() => ({ findings: [] }))
    await baton.round()
    const numbers = ['one', 'two'].map((branch) => {
      hands.push(branch, { 'a.js': `${branch}\n` })
      return hands.open('eve', { branch }).number
    })
    server.faults.add(new RegExp(`GET .*/pulls/${numbers[0]}$`), { kind: 'status', code: 502 }, 100)
    await baton.round()
    expect(said(numbers[1] ?? 0)).toHaveLength(1)
    server.faults.clear()
    await baton.round()
    expect(said(numbers[0] ?? 0)).toHaveLength(1)
  })

  it('tries once more soon after a failure', async () => {
    let isFirst = true
    const baton = reviewing(() => {
      if (isFirst) {
        isFirst = false
        throw new Error('it fell over')
      }
      return { findings: [] }
    })
    await baton.round()
    hands.push('fix', { 'a.js': 'x\n' })
    const { number } = hands.open('eve', { branch: 'fix' })
    await baton.round()
    baton.later(30_000)
    await baton.round()
    expect(said(number)).toHaveLength(1)
  })

  it('tries three times, then says once why there is none', async () => {
    const baton = reviewing(() => {
      throw new Error(`Claude did not answer: ${SECRET} @octocat`)
    })
    await baton.round()
    hands.push('fix', { 'a.js': 'x\n' })
    const { number } = hands.open('eve', { branch: 'fix' })
    for (let i = 0; i < 6; i++) {
      await baton.round()
      baton.later(3_600_000)
    }
    expect(baton.asked.length).toBe(3)
    expect(said(number).length).toBe(1)
    // Asked for by a person, it is tried again.
    baton.reviews.request(number, repo.tip('fix') ?? '')
    await baton.round()
    expect(baton.asked.length).toBe(4)
    expect(said(number)[0]).toMatch(/could not be reviewed: Claude did not answer: \\\[redacted\\\] @\u200boctocat/)
  })

  it('waits out a usage limit, however long it is', async () => {
    let isLimited = true
    const baton = reviewing(() => {
      if (isLimited) throw new Error("Claude did not answer: You've hit your session limit · resets 10:26pm (UTC)")
      return { findings: [] }
    })
    await baton.round()
    hands.push('fix', { 'a.js': 'x\n' })
    const { number } = hands.open('eve', { branch: 'fix' })
    for (let i = 0; i < 5; i++) {
      await baton.round()
      baton.later(3_600_000)
    }
    expect(said(number)).toEqual([])
    isLimited = false
    await baton.round()
    expect(said(number)[0]).toContain('nothing found')
  })

  it.each([
    ['the review', /POST .*\/reviews$/],
    ['the comment', /POST .*\/comments$/],
  ])('posts %s once when its answer is lost, or the place is refused', async (_, on) => {
    const db = freshDatabase()
    const baton = reviewing(() => ({ findings: [at(2)] }), {}, db)
    await baton.round()
    hands.push('fix', { 'a.js': 'one\nTWO\nthree\n' })
    const { number } = hands.open('eve', { branch: 'fix' })
    server.faults.add(on, { kind: 'reset', when: 'after' })
    await baton.round()
    // Killed there: another process takes it up, and does not pay again.
    const next = reviewing(() => ({ findings: [] }), {}, db)
    await next.round()
    expect(baton.asked.length + next.asked.length).toBe(1)
    expect(posted().length).toBe(1)
    expect(said(number).length).toBe(1)
  })

  it('puts everything into the comment where GitHub refuses the places', async () => {
    const baton = reviewing(() => ({ findings: [at(2)] }))
    await baton.round()
    hands.push('fix', { 'a.js': 'one\nTWO\nthree\n' })
    const { number } = hands.open('eve', { branch: 'fix' })
    server.faults.add(/POST .*\/reviews$/, { kind: 'status', code: 422 })
    await baton.round()
    expect(posted().length).toBe(0)
    expect(said(number)[0]).toContain('It breaks.')
  })

  it('with a Claude that obeys every word of a pull request, posts nothing that is live', async () => {
    // The control: whatever is written there becomes what it says, everywhere it can say something.
    const baton = reviewing(({ prompt }) => {
      const [, body = ''] = /description of the pull request -----\n([\s\S]*?)\n----- end/.exec(prompt) ?? []
      return {
        findings: [
          at(2, { title: body || 'x', reason: body || 'x', path: body || 'x' }),
          at(1, { reason: body || 'x' }),
        ],
      }
    })
    await baton.round()
    for (const [i, [, text]] of ATTACKS.filter((_, i) => i % 20 === 0).entries()) {
      hands.push(`b${i}`, { 'a.js': `evil ${i}\ntwo\nthree\n` })
      hands.open('eve', { branch: `b${i}`, title: text.slice(0, 200), body: text })
      await baton.round()
    }
    expect(baton.errors).toEqual([])
    expect(baton.asked.length).toBeGreaterThan(9)
    for (const { number } of repo.row.issues.values())
      for (const body of said(number)) expect(liveIn(body.replace(/\n\n<!-- baton:review:\d+ -->$/, ''))).toEqual([])
    for (const { body, comments } of posted())
      for (const text of [body.replace(/\n\n<!-- baton:review:\d+:\w+ -->$/, ''), ...comments.map((one) => one.body)])
        expect(liveIn(text)).toEqual([])
  }, 240_000)
})
