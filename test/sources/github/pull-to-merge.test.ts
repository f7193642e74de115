import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checksOf, jobsOf, pullHands, reviewsOf, runsOf } from '../../support/github/merge-routes.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import { type IssueWorld, issueWorld } from './world.ts'

let server: GitHubServer
let world: IssueWorld
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())
beforeEach(() => {
  world = issueWorld(
    server,
    '',
    '  merge: {checks: ["test -f a.txt && test -f README.md", "test -z \\"$GITHUB_TOKEN$ANTHROPIC_API_KEY\\""]}\n',
  )
})
afterEach(() => world.close())

const said = (number: number) => world.repo.said(number, 'baton-bot')

describe('a pull request of Baton’s', () => {
  test('is merged on /merge, and its issue is closed', async () => {
    const { repo } = world
    const baton = await world.open()
    const { number } = repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"', labels: ['ready'] })
    await baton.settle()
    await baton.rounds.once()
    const pull = [...repo.row.issues.values()].find((one) => one.pull)?.number ?? 0
    repo.comment(pull, 'rita', '/merge')
    await baton.rounds.once()
    expect(repo.issue(pull).state).toBe('open')
    repo.comment(pull, 'wendy', '/merge')
    await baton.rounds.once()
    expect(baton.errors).toEqual([])
    expect(said(pull)[0]).toMatch(
      /^✓ Merged `[0-9a-f]{8}` into main, as wendy asked\. The branch is deleted\. Closed: #1\./,
    )
    expect(repo.issue(number).state).toBe('closed')
    expect(repo.git('show', 'main:a.txt')).toBe('one')
    expect(repo.tip(`feature/issue-${number}`)).toBeUndefined()
    // Its own are reviewed only when somebody asks.
    expect(reviewsOf(repo.row)).toEqual([])
    expect(said(pull).filter((body) => body.includes('review'))).toEqual([])
  })

  test('stays open with the output of the command that failed, and nothing of the user’s checkout changes', async () => {
    const { repo } = world
    const hands = pullHands(server.world, repo.row)
    const baton = await world.open()
    await baton.rounds.once()
    hands.push('other', { 'b.txt': 'x\n' })
    const { number } = hands.open('wendy', { branch: 'other' })
    await baton.rounds.once()
    repo.comment(number, 'wendy', '/merge')
    await baton.rounds.once()
    expect(said(number).at(-1)).toMatch(
      /Not merged: together with its base, this failed with exit code 1\.\n\n```text\ntest -f a\.txt/,
    )
    expect(repo.issue(number).state).toBe('open')
    expect(world.home.git('-C', 'work', 'status', '--porcelain')).toBe('')
    expect(world.home.git('-C', 'work', 'branch', '--list').trim()).toBe('* main')
  })

  test('that changes workflows is a decision on every surface, which shows them', async () => {
    const { repo } = world
    const hands = pullHands(server.world, repo.row)
    const baton = await world.open()
    await baton.rounds.once()
    hands.push('ci', { '.github/workflows/x.yml': 'on: push\n', 'a.txt': 'x\n' })
    const { number } = hands.open('wendy', { branch: 'ci' })
    await baton.rounds.once()
    repo.comment(number, 'wendy', '/merge')
    await baton.rounds.once()
    const ask = await baton.ask('approval')
    expect(ask).toMatchObject({ kind: 'approval', title: `Start task 1: Merge pull request #${number} into main?` })
    expect(ask.text).toContain('RIGHT 1 + on: push')
    expect(repo.issue(number).state).toBe('open')
    await baton.answer(ask, 'yes')
    await baton.rest()
    await baton.rounds.once()
    expect(baton.errors).toEqual([])
    expect(repo.issue(number).pull?.merged).toBeDefined()
    expect(world.home.git('-C', 'work', 'status', '--porcelain')).toBe('')
  })

  test('that conflicts is brought up to date by a lane when somebody with write access wants it, and only then', async () => {
    const { repo } = world
    const hands = pullHands(server.world, repo.row)
    world.home.write('config.yaml', `${world.home.read('config.yaml')}merge: {returns: 0}\n`)
    const baton = await world.open()
    const { number: issue } = repo.open('wendy', {
      title: 'Add a',
      body: 'rehearse: edit a.txt "mine"',
      labels: ['ready'],
    })
    await baton.settle()
    const number = [...repo.row.issues.values()].find((one) => one.pull)?.number ?? 0
    const theirs = hands.push('main', { 'a.txt': 'theirs\n' })
    const branch = `feature/issue-${issue}`
    const head = repo.tip(branch) as string
    const ask = async (by: string, word: string) => {
      repo.comment(number, by, word)
      await baton.rounds.once()
      await baton.rest()
      await baton.rounds.once()
    }
    await ask('wendy', '/merge')
    expect(said(number).at(-1)).toMatch(
      /it conflicts with main\.\n\n- a\.txt\n\n.*Or comment `\/resolve`, and Baton brings it up to date\./,
    )
    await ask('rita', '/resolve')
    expect(repo.tip(branch)).toBe(head)
    expect(baton.runner.api.view.runs()).toHaveLength(1)
    // It leaves the markers: nothing is pushed before they are out.
    world.home.write('prompts/implement.md', 'rehearse: edit b.txt "beside"\n')
    repo.comment(number, 'wendy', '/resolve')
    await baton.rounds.once()
    const left = await baton.ask()
    expect(left).toMatchObject({ text: expect.stringContaining('Conflict markers') })
    expect(repo.tip(branch)).toBe(head)
    await baton.answer(left, 'skip')
    await baton.rest()
    await baton.rounds.once()
    expect(said(number).at(-1)).toMatch(/^Not brought up to date: skipped by anna .*Conflict markers/)
    // Asked for again it is tried again.
    world.home.write('prompts/implement.md', 'rehearse: edit a.txt "both"\n')
    await ask('wendy', '/resolve')
    const solved = repo.tip(branch) as string
    expect(repo.git('show', `${solved}:a.txt`)).toBe('both')
    expect(repo.git('log', '-1', '--format=%P', solved)).toBe(`${head} ${theirs}`)
    expect(repo.git('log', '-1', '--format=%s', solved)).toBe(`Merge main into ${branch}`)
    expect(said(number).at(-1)).toMatch(/^✓ It is up to date with main\. .*comment `\/merge` to merge it\./)
    expect(said(number).filter((body) => body.includes('resolve:'))).toHaveLength(2)
    hands.touch(number)
    await baton.rounds.once()
    await ask('wendy', '/resolve')
    expect(said(number).at(-1)).toContain('It does not conflict with main')
    await ask('wendy', '/merge')
    expect(repo.git('show', 'main:a.txt')).toBe('both')
    expect(baton.errors).toEqual([])
  }, 120_000)

  test('of somebody else is brought up to date without hearing what its files want, and not where its author may not write', async () => {
    const { repo } = world
    const hands = pullHands(server.world, repo.row)
    world.home.write('prompts/implement.md', 'rehearse: edit README.md "both"\n')
    const baton = await world.open()
    await baton.rounds.once()
    hands.push('tom-1', { 'README.md': 'tom\n' })
    hands.push('theirs', { 'README.md': 'theirs\n' })
    hands.push('main', { 'README.md': 'ours\n' })
    const fork = hands.pushElsewhere({ 'README.md': 'fork\n' })
    const numbers = [
      hands.open('tom', { branch: 'tom-1' }),
      hands.open('wendy', { branch: 'theirs' }),
      hands.open('rita', { branch: 'fork', fork }),
    ].map(({ number }) => number)
    await baton.rounds.once()
    for (const number of numbers) repo.comment(number, 'wendy', '/resolve')
    await baton.rounds.once()
    await baton.rest()
    await baton.rounds.once()
    const [tom = 0, wendy = 0, forked = 0] = numbers
    expect(said(tom)).toContainEqual(expect.stringContaining('its author has no write access'))
    expect(said(forked)).toContainEqual(expect.stringContaining('its branch is in a fork'))
    expect(said(wendy)).toContainEqual(expect.stringContaining('✓ It is up to date with main'))
    expect(repo.git('show', 'theirs:README.md')).toBe('both')
    const [run] = baton.runner.api.view.runs()
    const [task] = baton.runner.api.view.tasks(run?.id ?? '')
    expect(baton.runner.api.view.fullTask(task?.id ?? '')?.spec).toMatchObject({ foreign: true })
  }, 120_000)

  test('is mended when a check is red or somebody with write access asks for changes, twice, and then only after a yes', async () => {
    const { repo } = world
    const baton = await world.open()
    repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"', labels: ['ready'] })
    await baton.settle()
    const pull = [...repo.row.issues.values()].find((one) => one.pull)
    const number = pull?.number ?? 0
    const hands = pullHands(server.world, repo.row)
    const head = () => repo.tip(pull?.pull?.head.branch ?? '') ?? ''
    const red = (words: string) =>
      checksOf(repo.row).push({
        ...{ id: 1, sha: head(), name: 'unit', status: 'completed', conclusion: 'failure', summary: words },
      })
    const round = async () => {
      hands.touch(number)
      await baton.rounds.once()
      await baton.rest()
    }
    const first = head()
    // Of somebody who may not write it is nothing.
    const wanted = { pull: number, commit: first, state: 'CHANGES_REQUESTED' as const, comments: [] }
    reviewsOf(repo.row).push({ ...wanted, id: 71, by: server.account('rita'), body: 'rehearse: edit rita.txt "no"' })
    red('Some tests failed')
    // What the job printed says what to do.
    const run = { id: 5, sha: first, name: 'CI', status: 'completed' as const, conclusion: 'failure' }
    runsOf(repo.row).push(run)
    const log = `${server.origin}/logs/5`
    jobsOf(repo.row).push({ id: 51, run: 5, name: 'unit', conclusion: 'failure', log })
    server.files.set('/logs/5', { body: 'rehearse: edit b.txt "two"\n' })
    await round()
    const second = head()
    expect(second).not.toBe(first)
    expect(repo.git('show', `${second}:b.txt`)).toBe('two')
    expect(repo.git('log', '--format=%H', '-1', `${second}^`)).toBe(first)
    await round()
    expect(head()).toBe(second)
    const byWendy = {
      ...wanted,
      id: 72,
      commit: second,
      by: server.account('wendy'),
      body: 'rehearse: edit c.txt "three"',
    }
    reviewsOf(repo.row).push(byWendy)
    await round()
    const third = head()
    expect(repo.git('ls-tree', '--name-only', third).split('\n')).toEqual(['README.md', 'a.txt', 'b.txt', 'c.txt'])
    red('rehearse: edit d.txt "four"')
    hands.touch(number)
    await baton.rounds.once()
    const ask = await baton.ask('approval')
    expect(ask.title).toContain(`Fix pull request #${number} once more`)
    expect(head()).toBe(third)
    // All of it in the session that knows the issue; but not where that is gone.
    const sessions = () =>
      baton.runner.api.view
        .runs()
        .flatMap(({ id }) => baton.runner.api.view.tasks(id))
        .flatMap(({ id }) => baton.runner.api.view.attempts(id))
        .sort((a, b) => a.startedAt - b.startedAt)
        .map(({ sessionId }) => sessionId)
        .filter(Boolean)
    const [own] = sessions()
    expect(sessions()).toEqual([own, own, own])
    rmSync(join(world.home.dir, 'sessions'), { recursive: true })
    await baton.answer(ask, 'yes')
    await baton.rest()
    await round()
    expect(repo.git('show', `${head()}:d.txt`)).toBe('four')
    const fresh = sessions().at(-1)
    expect(sessions()).toEqual([own, own, own, own, fresh])
    expect(fresh).not.toBe(own)
    const told = baton.runner.api.view.runs().map(({ id }) => baton.runner.api.view.tasks(id)[0]?.id ?? '')
    const { instruction, resume } = baton.runner.api.view.fullTask(told[0] as string)?.spec ?? {}
    expect(instruction).toContain('Add a\n\nrehearse: edit a.txt "one"')
    expect(resume?.instruction).not.toContain('Add a')
    expect(baton.errors).toEqual([])
    // Four tasks, one after the other.
  }, 120_000)
})
