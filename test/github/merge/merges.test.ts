import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMerges, type MergePorts } from '../../../src/github/merge/merges.ts'
import { createPullCommands } from '../../../src/github/pull-commands.ts'
import { remoteOf } from '../../../src/github/remote.ts'
import { createRounds } from '../../../src/github/rounds.ts'
import { redactor } from '../../../src/redact/redact.ts'
import { clientOf, freshDatabase } from '../../support/github/client.ts'
import { checksOf, pullHands, refuseMerges, rulesOf, runsOf, statusesOf } from '../../support/github/merge-routes.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import type { RepoHands } from '../../support/github/world.ts'
import { ATTACKS } from '../text/attacks.ts'
import { liveIn } from '../text/live.ts'

const FINE_GRAINED = ['metadata:read', 'contents:write', 'pulls:write', 'issues:write']
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
  dir = mkdtempSync(join(tmpdir(), 'baton-merges-'))
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(() => {
  server.faults.clear()
  name = `acme/m${++count}`
  repo = server.repo(name, { people: { baton: 'write', wendy: 'write', tria: 'triage' }, files: { 'a.txt': 'a\n' } })
  hands = pullHands(server.world, repo.row)
  clone = join(dir, `clone${count}`)
  execFileSync('git', ['clone', '-q', repo.row.gitDir, clone], { env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1' } })
})

function merging(
  more: Partial<MergePorts> = {},
  {
    db = freshDatabase(),
    permissions = undefined as string[] | undefined,
    bots = [] as string[],
    command = '/merge',
  } = {},
) {
  const token = server.token('baton', permissions)
  const { github, state } = clientOf(server, { repo: name, token, db })
  const ran: string[] = []
  const requested: number[] = []
  const decided = { answer: 'open' as 'open' | 'yes' | 'no', withdrawn: [] as number[] }
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const merges = createMerges({
    ...{ github, state, folder: clone, command: '/merge', method: 'squash', ci: true, checks: [], isPhoneOnly: false },
    ...{ waitMs: 0, now: server.world.now },
    remote: remoteOf({ apiUrl: server.apiUrl, token, owner: github.owner, repo: github.repo }),
    runChecks: async (_, commands) => {
      ran.push(...commands)
      return commands.map((command) => ({ name: command, command, ok: true, exitCode: 0, durationMs: 1, output: '' }))
    },
    withFolder: async (use) => {
      const folder = mkdtempSync(join(dir, 'tree-'))
      return use(folder).finally(() => rmSync(folder, { recursive: true }))
    },
    issuesOf: () => [],
    decide: { ask: async () => decided.answer, withdraw: async (number) => void decided.withdrawn.push(number) },
    redact: redactor([SECRET]),
    onError,
    ...more,
  })
  const reviews = { request: (number: number) => void requested.push(number) }
  const commands = createPullCommands({ github, state, merge: command, bots, reviews, merges, solves: reviews })
  const rounds = createRounds({
    ...{ github, state, label: 'ready', pollMs: 60_000, now: server.world.now, onError },
    watchers: [commands, { also: merges.also }],
  })
  return {
    ...{ ran, requested, decided, errors, db, merges, rounds },
    round: async () => {
      // A commit of the fault is not the end of a round.
      await rounds.once().catch(onError)
      await merges.idle()
    },
  }
}
const said = (number: number) => repo.said(number, 'baton')
/** A pull request that Baton has seen. */
async function seen(baton: ReturnType<typeof merging>, given: Partial<Parameters<typeof hands.open>[1]> = {}) {
  const branch = given.branch ?? 'fix'
  if (given.fork === undefined && repo.tip(branch) === undefined)
    hands.push(branch, { [`${branch.replaceAll('/', '-')}.txt`]: 'x\n' })
  const row = hands.open('eve', { branch, ...given })
  await baton.round()
  return row
}
/** A check of GitHub's that has begun on a pull request. */
function checkOn(pull: { head: { sha: string } } | undefined) {
  const check = { id: 7, sha: pull?.head.sha, name: 'unit', status: 'in_progress', conclusion: null as string | null }
  checksOf(repo.row).push(check as never)
  return check
}
const isMerged = (number: number) => repo.issue(number).pull?.merged !== undefined

describe('/merge', () => {
  it('squashes the head it was written for, deletes the branch, closes what Baton worked on and says so', async () => {
    const issue = repo.open('wendy', { title: 'Wanted' })
    const baton = merging({ issuesOf: () => [issue.number], checks: ['npm test'] })
    await baton.round()
    const { number } = await seen(baton, { title: `Fix @octocat ${SECRET}, fixes #77` })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(baton.errors).toEqual([])
    expect(baton.ran).toEqual(['npm test'])
    expect(isMerged(number)).toBe(true)
    expect(repo.tip('fix')).toBeUndefined()
    expect(repo.issue(issue.number).state).toBe('closed')
    expect(said(number).length).toBe(1)
    expect(said(number)[0]).toMatch(
      /^✓ Merged `[0-9a-f]{8}` into main, as wendy asked\. The branch is deleted\. Closed: #1\./,
    )
    const message = repo.git('log', '-1', '--format=%B', 'main')
    expect(message).toContain(`(#${number})`)
    expect(message).toMatch(/Closes #1$/)
    expect(liveIn(message.replace(`(#${number})`, '').replace('Closes #1', ''))).toEqual([])
    expect(message).not.toContain(SECRET)
    await baton.round()
    expect(said(number).length).toBe(1)
  })

  it.each([
    ['of somebody who may only read', 'eve', '/merge'],
    ['of somebody who may only triage', 'tria', '/merge'],
    ['of a bot that is not listed', 'renovate[bot]', '/merge'],
    ['in a quote', 'wendy', '> /merge'],
    ['in prose', 'wendy', 'Please /merge'],
    ['with more below', 'wendy', '/merge\nplease'],
    ['of Baton itself', 'baton', '/merge\n\n<!-- baton:x -->'],
  ])('%s does nothing', async (_, by, body) => {
    const baton = merging()
    await baton.round()
    const { number } = await seen(baton)
    server.account(by, by.endsWith('[bot]') ? 'Bot' : 'User')
    if (by.endsWith('[bot]')) repo.row.people.set(by, 'write')
    repo.comment(number, by, body)
    await baton.round()
    await baton.round()
    expect(isMerged(number)).toBe(false)
    expect(said(number)).toEqual(by === 'baton' ? [body] : [])
  })

  it('that was edited does nothing, and one on an issue neither', async () => {
    const baton = merging()
    await baton.round()
    const { number } = await seen(baton)
    const { id } = repo.comment(number, 'wendy', 'Nice')
    repo.editComment(id, '/merge')
    repo.comment(repo.open('wendy', { title: 'An issue' }).number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(false)
    expect(baton.errors).toEqual([])
  })

  it('is for the head it was written for: pushed to since, or at the same time, it asks again', async () => {
    const baton = merging()
    await baton.round()
    const { number } = await seen(baton)
    repo.comment(number, 'wendy', '/merge')
    hands.push('fix', { 'evil.txt': 'evil\n' })
    hands.touch(number)
    await baton.round()
    expect(isMerged(number)).toBe(false)
    expect(said(number)[0]).toContain('it is not clear what `/merge` was written for')
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(true)
  })

  it('waits for CI, says so once, and stops when a check is red, with what it said', async () => {
    const baton = merging()
    await baton.round()
    const { number, pull } = await seen(baton)
    const sha = pull?.head.sha ?? ''
    const check = checkOn(pull)
    statusesOf(repo.row).push({ sha, context: 'deploy', state: 'success' })
    repo.comment(number, 'wendy', '/merge')
    // Its own comment is a change, too.
    for (let n = 0; n < 3; n++) await baton.round()
    const counted = () => server.requests.filter((one) => one.counted).length
    const before = [counted(), server.gitRequests.length]
    for (let n = 0; n < 3; n++) await baton.round()
    // A check may run for hours.
    expect([counted(), server.gitRequests.length]).toEqual(before)
    // But what the base becomes meanwhile is looked at.
    hands.push('main', { 'beside.txt': 'x\n' })
    await baton.round()
    expect(server.gitRequests.length).toBeGreaterThan(before[1] ?? 0)
    expect(said(number).length).toBe(1)
    expect(said(number)[0]).toContain('waiting for unit.')
    Object.assign(check, { status: 'completed', conclusion: 'failure', summary: `1 test failed: ${SECRET} @octocat` })
    await baton.round()
    expect(said(number)[0]).toMatch(
      /a check is red\.[\s\S]*\*\*unit\*\*[\s\S]*1 test failed: \[redacted\] @\u200boctocat/,
    )
    expect(isMerged(number)).toBe(false)
  })

  it('gives a merge up whose checks do not end, says for what it waited, and takes it up when asked again', async () => {
    let now = 1_000
    const baton = merging({ waitMs: 3_600_000, now: () => now })
    await baton.round()
    const { number, pull } = await seen(baton)
    const check = checkOn(pull)
    repo.comment(number, 'wendy', '/merge')
    const waiting = expect.stringMatching(/^Merging: waiting for unit\.\n/)
    for (const [at, more] of [
      [1_000, []],
      [1_800_000, []],
      // Half of it is over: that is told once, in a comment of its own.
      [1_801_000, [expect.stringMatching(/has been waiting for 30 min now, for unit\. [^\n]* After 1 h in all/)]],
      [3_600_000, [expect.stringContaining('has been waiting for 30 min now')]],
    ] as const) {
      now = at
      await baton.round()
      expect(said(number)).toEqual([waiting, ...more])
    }
    now = 3_601_000
    await baton.round()
    expect(said(number)).toEqual([
      expect.stringMatching(/^Not merged: after 1 h it was still waiting for unit\. Comment/),
      expect.stringContaining('It no longer waits'),
    ])
    Object.assign(check, { status: 'completed', conclusion: 'success' })
    await baton.round()
    expect(isMerged(number)).toBe(false)
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(true)
  })

  it('takes a required check that never came for not green', async () => {
    rulesOf(repo.row).push({ type: 'required_status_checks', contexts: ['must'] })
    const baton = merging()
    await baton.round()
    const { number, pull } = await seen(baton)
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(said(number)[0]).toContain('waiting for must.')
    statusesOf(repo.row).push({ sha: pull?.head.sha ?? '', context: 'must', state: 'success' })
    await baton.round()
    expect(isMerged(number)).toBe(true)
  })

  it('does without check runs where a fine-grained token may not read them', async () => {
    const baton = merging({}, { permissions: [...FINE_GRAINED, 'statuses:write', 'actions:read'] })
    await baton.round()
    const { number, pull } = await seen(baton)
    const run = {
      id: 1,
      sha: pull?.head.sha ?? '',
      name: 'CI',
      status: 'in_progress',
      conclusion: null as string | null,
    }
    runsOf(repo.row).push(run as never)
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(said(number)[0]).toContain('waiting for CI.')
    Object.assign(run, { status: 'completed', conclusion: 'success' })
    if (pull) pull.mergeableState = 'blocked'
    await baton.round()
    expect(said(number)[0]).toContain('cannot tell whether its checks are green: the token may not read the check runs')
    if (pull) pull.mergeableState = 'clean'
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(true)
  })

  it.each([
    ['where the token may not read all', [...FINE_GRAINED, 'actions:read'], 'blocked'],
    ['while GitHub is still working it out', undefined, 'unknown'],
  ])('asks again what GitHub thinks of it, %s', async (_, permissions, before) => {
    const baton = merging({}, { permissions })
    await baton.round()
    const { number, pull } = await seen(baton)
    if (!pull) throw new Error('It is none.')
    const run = { id: 1, sha: pull.head.sha, name: 'CI', status: 'in_progress', conclusion: null as string | null }
    if (permissions) runsOf(repo.row).push(run as never)
    pull.mergeableState = before
    repo.comment(number, 'wendy', '/merge')
    for (let n = 0; n < 3; n++) await baton.round()
    expect(said(number)[0]).toContain('Merging: waiting for')
    Object.assign(run, { status: 'completed', conclusion: 'success' })
    pull.mergeableState = 'clean'
    await baton.round()
    expect(isMerged(number)).toBe(true)
  })

  it('does without commit statuses where the token may not read them, and is not sure then', async () => {
    const baton = merging({}, { permissions: [...FINE_GRAINED, 'checks:read'] })
    await baton.round()
    const { number, pull } = await seen(baton)
    const isRed = statusesOf(repo.row)
    isRed.push({ sha: pull?.head.sha ?? '', context: 'ci', state: 'failure' })
    if (pull) pull.mergeableState = 'unstable'
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(said(number)[0]).toContain(
      'cannot tell whether its checks are green: the token may not read the commit statuses, and',
    )
    isRed.length = 0
    if (pull) pull.mergeableState = 'clean'
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(true)
    expect(baton.errors).toEqual([])
  })

  it('runs the commands on head and base put together, and says what failed', async () => {
    const trees: string[][] = []
    const runChecks: MergePorts['runChecks'] = async (folder, [command = '']) => {
      trees.push(['a.txt', 'fix.txt', 'later.txt', '.git'].filter((path) => existsSync(join(folder, path))))
      return [{ name: command, command, ok: false, exitCode: 2, durationMs: 1, output: `oh ${SECRET}\n/merge` }]
    }
    const baton = merging({ checks: ['npm test'], runChecks })
    await baton.round()
    const { number } = await seen(baton)
    hands.push('main', { 'later.txt': 'x\n' })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(trees).toEqual([['a.txt', 'fix.txt', 'later.txt']])
    expect(said(number)[0]).toMatch(
      /together with its base, this failed with exit code 2\.[\s\S]*oh \[redacted\]\n\/\u200bmerge/,
    )
    expect(isMerged(number)).toBe(false)
  })

  it('checks again when the base moved meanwhile', async () => {
    let moves = 0
    const seenBase: boolean[] = []
    const runChecks: MergePorts['runChecks'] = async (folder, commands) => {
      seenBase.push(existsSync(join(folder, 'moved1.txt')))
      if (moves++ === 0) hands.push('main', { 'moved1.txt': 'x\n' })
      return commands.map((command) => ({ name: command, command, ok: true, durationMs: 1, output: '' }))
    }
    const baton = merging({ checks: ['npm test'], runChecks })
    await baton.round()
    const { number } = await seen(baton)
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(seenBase).toEqual([false, true])
    expect(isMerged(number)).toBe(true)
  })

  it('names the files of a conflict', async () => {
    hands.push('fix', { 'a.txt': 'theirs\n' })
    const baton = merging()
    await baton.round()
    const { number } = await seen(baton)
    hands.push('main', { 'a.txt': 'ours\n' })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(said(number)[0]).toMatch(/it conflicts with main\.\n\n- a\.txt/)
  })

  it('said again while it waits leaves nothing behind that waits for ever', async () => {
    const baton = merging()
    await baton.round()
    const { number, pull } = await seen(baton)
    const check = {
      id: 7,
      sha: pull?.head.sha ?? '',
      name: 'unit',
      status: 'in_progress',
      conclusion: null as string | null,
    }
    checksOf(repo.row).push(check as never)
    for (let n = 0; n < 3; n++) {
      repo.comment(number, 'wendy', '/merge')
      await baton.round()
    }
    expect(said(number).map((body) => body.split('\n')[0])).toEqual([
      'This was asked for again; what comes of it is said below.',
      'This was asked for again; what comes of it is said below.',
      'Merging: waiting for unit.',
    ])
    Object.assign(check, { status: 'completed', conclusion: 'success' })
    await baton.round()
    expect(said(number).at(-1)).toMatch(/^✓ Merged/)
  })

  it('names a conflict that comes while a check runs', async () => {
    const baton = merging()
    await baton.round()
    const { number, pull } = await seen(baton)
    checkOn(pull)
    repo.comment(number, 'wendy', '/merge')
    for (let n = 0; n < 2; n++) await baton.round()
    expect(said(number)[0]).toContain('waiting for unit.')
    hands.push('main', { 'fix.txt': 'theirs\n' })
    await baton.round()
    expect(said(number)[0]).toMatch(/it conflicts with main\.\n\n- fix\.txt/)
  })

  it('asks first where workflows are changed, for exactly that head', async () => {
    hands.push('ci', { '.github/workflows/x.yml': 'on: push\n' })
    const baton = merging({ checks: ['npm test'] })
    await baton.round()
    const { number } = await seen(baton, { branch: 'ci' })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(said(number)[0]).toMatch(/Merging: a person decides first\.[\s\S]*\.github\/workflows\/x\.yml/)
    expect(baton.ran).toEqual([])
    // An answer to another head is none, and what was asked about the old one is withdrawn.
    hands.push('ci', { '.github/workflows/y.yml': 'on: push\n' })
    hands.touch(number)
    await baton.round()
    expect(baton.decided.withdrawn).toEqual([number])
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(false)
    expect(said(number).at(-1)).toContain('y.yml')
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(true)
  })

  it('takes no second comment for an answer where only the phone decides', async () => {
    hands.push('ci', { '.github/workflows/x.yml': 'on: push\n' })
    const baton = merging({ isPhoneOnly: true })
    await baton.round()
    const { number } = await seen(baton, { branch: 'ci' })
    for (let n = 0; n < 3; n++) {
      repo.comment(number, 'wendy', '/merge')
      await baton.round()
    }
    expect(isMerged(number)).toBe(false)
    expect(said(number)).toHaveLength(3)
    expect(said(number).at(-1)).toMatch(/Decide on the phone\.\n/)
    expect(said(number).join()).not.toContain('once more')
    baton.decided.answer = 'yes'
    await baton.round()
    expect(isMerged(number)).toBe(true)
  })

  it('asks before it runs code of a fork', async () => {
    const baton = merging({ checks: ['npm test'] })
    await baton.round()
    const { number } = await seen(baton, { branch: 'theirs', fork: hands.pushElsewhere({ 'f.txt': 'x\n' }) })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(said(number)[0]).toMatch(/Merging: a person decides first\.[\s\S]*It comes from a fork/)
    expect(baton.ran).toEqual([])
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect([baton.ran, isMerged(number)]).toEqual([['npm test'], true])
  })

  it.each([
    ['yes', true],
    ['no', false],
  ] as const)('takes the %s of a person on another surface', async (answer, merges) => {
    hands.push('ci', { '.github/workflows/x.yml': 'on: push\n' })
    const baton = merging()
    await baton.round()
    const { number } = await seen(baton, { branch: 'ci' })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(false)
    baton.decided.answer = answer
    await baton.round()
    expect(isMerged(number)).toBe(merges)
    expect(said(number).length).toBe(1)
    if (!merges) expect(said(number)[0]).toContain('Not merged: a person decided against it.')
  })

  it('goes around no queue and no rule, and tries again what passes', async () => {
    const baton = merging()
    await baton.round()
    const { number } = await seen(baton)
    refuseMerges(repo.row, { status: 405, message: 'Base branch was modified. Review and try the merge again.' })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(isMerged(number)).toBe(true)
    const other = await seen(baton, { branch: 'other' })
    refuseMerges(repo.row, { status: 405, message: 'At least 1 approving review is required by @reviewers.' })
    repo.comment(other.number, 'wendy', '/merge')
    await baton.round()
    expect(said(other.number)[0]).toContain('At least 1 approving review is required by @\u200breviewers.')
    rulesOf(repo.row).push({ type: 'merge_queue' })
    repo.comment(other.number, 'wendy', '/merge')
    await baton.round()
    expect(said(other.number)[1]).toContain('merge queue')
    expect(isMerged(other.number)).toBe(false)
    const acts = server.requests
      .filter(({ path }) => path.includes(`${name}/`))
      .map(({ method, path }) => `${method} ${path}`)
    expect(acts.filter((act) => /approve|dismiss|protection|bypass/i.test(act))).toEqual([])
  })

  it.each([
    ['the answer is lost', { kind: 'reset', when: 'after' }],
    ['the request is lost', { kind: 'reset', when: 'before' }],
    ['GitHub fails', { kind: 'status', code: 502, when: 'after' }],
  ] as const)('merges once and says so once when %s', async (_, trouble) => {
    const db = freshDatabase()
    const baton = merging({}, { db })
    await baton.round()
    const { number } = await seen(baton)
    server.faults.add(/PUT .*\/merge$/, trouble)
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    const next = merging({}, { db })
    await next.round()
    await next.round()
    expect(isMerged(number)).toBe(true)
    expect(said(number).length).toBe(1)
    expect(said(number)[0]).toContain('✓ Merged')
    expect(repo.git('rev-list', '--count', 'main')).toBe('2')
  })

  it('takes them one after the other, each on what the one before made', async () => {
    const seenFirst: boolean[] = []
    const runChecks: MergePorts['runChecks'] = async (folder, commands) => {
      seenFirst.push(existsSync(join(folder, 'one.txt')) && readFileSync(join(folder, 'one.txt'), 'utf8') === 'x\n')
      return commands.map((command) => ({ name: command, command, ok: true, durationMs: 1, output: '' }))
    }
    const baton = merging({ checks: ['npm test'], runChecks })
    await baton.round()
    const one = await seen(baton, { branch: 'one' })
    const two = await seen(baton, { branch: 'two' })
    for (const { number } of [one, two]) repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect([isMerged(one.number), isMerged(two.number)]).toEqual([true, true])
    expect(seenFirst).toEqual([true, true])
  })

  it('begins with what was asked for meanwhile as soon as the one before is merged', async () => {
    let goOn = () => {}
    const first = new Promise<void>((resolve) => {
      goOn = resolve
    })
    let runs = 0
    const runChecks: MergePorts['runChecks'] = async (_, commands) => {
      if (++runs === 1) await first
      return commands.map((command) => ({ name: command, command, ok: true, durationMs: 1, output: '' }))
    }
    const baton = merging({ checks: ['npm test'], runChecks })
    await baton.round()
    const one = await seen(baton, { branch: 'one' })
    const two = await seen(baton, { branch: 'two' })
    repo.comment(one.number, 'wendy', '/merge')
    await baton.rounds.once()
    await expect.poll(() => runs).toBe(1)
    repo.comment(two.number, 'wendy', '/merge')
    await baton.rounds.once()
    goOn()
    await baton.merges.idle()
    expect([isMerged(one.number), isMerged(two.number)]).toEqual([true, true])
  })

  it('keeps no other command waiting while GitHub fails for one', async () => {
    const baton = merging()
    await baton.round()
    const one = await seen(baton, { branch: 'one' })
    const two = await seen(baton, { branch: 'two' })
    server.faults.add(new RegExp(`GET .*/pulls/${one.number}$`), { kind: 'status', code: 502 }, 100)
    for (const { number } of [one, two]) repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect([isMerged(one.number), isMerged(two.number)]).toEqual([false, true])
    server.faults.clear()
    await baton.round()
    expect(isMerged(one.number)).toBe(true)
  })

  it('with titles, branches and names of every kind, says nothing that is live', async () => {
    const baton = merging()
    await baton.round()
    const odd = [
      '$(touch x)'.replaceAll(' ', ''),
      'a`id`;b',
      '--upload-pack=x'.slice(1),
      'a%2Fb%23',
      `q'"q`,
      '@octocat/fixes-#7',
      'ü/ñ',
    ]
    const titles = ATTACKS.filter((_, i) => i % 25 === 3).map(([, text]) => text)
    for (const [i, branch] of odd.entries()) {
      const { number } = await seen(baton, { branch, title: (titles[i] ?? 'x').slice(0, 200).replaceAll('\0', '') })
      repo.comment(number, 'wendy', '/merge')
      await baton.round()
      expect([branch, isMerged(number)]).toEqual([branch, true])
      expect(repo.tip(branch)).toBeUndefined()
      for (const body of said(number)) expect(liveIn(body.replace(/\n\n<!-- baton:\S+ -->$/, ''))).toEqual([])
      expect(liveIn(repo.git('log', '-1', '--format=%B', 'main').replace(`(#${number})`, ''))).toEqual([])
    }
    expect(baton.errors).toEqual([])
  }, 240_000)

  it('may be called otherwise', async () => {
    const baton = merging({ command: '/ship' }, { command: '/ship' })
    await baton.round()
    const { number } = await seen(baton, { draft: true })
    repo.comment(number, 'wendy', '/merge')
    await baton.round()
    expect(said(number)).toEqual([])
    repo.comment(number, 'wendy', '/ship')
    await baton.round()
    expect(said(number)[0]).toMatch(/^Not merged: it is a draft\. .* then comment `\/ship` again\./)
  })

  it('/review asks for a review', async () => {
    const baton = merging()
    await baton.round()
    const { number } = await seen(baton)
    repo.comment(number, 'eve', '/review')
    await baton.round()
    expect(baton.requested).toEqual([])
    repo.comment(number, 'wendy', '/review')
    await baton.round()
    expect(baton.requested).toEqual([number])
  })
})
