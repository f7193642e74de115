import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pullHands } from '../../support/github/merge-routes.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import { ANNA } from '../../support/home.ts'
import { type IssueWorld, issueWorld, type OpenBaton } from './world.ts'

let server: GitHubServer
let world: IssueWorld
let baton: OpenBaton
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())
beforeEach(async () => {
  world = issueWorld(server, '', '  review: none\n  merge: {checks: [], ci: false}\n')
  baton = await world.open()
  await baton.rounds.once()
})
afterEach(() => world.close())

const say = (text: string) => baton.runner.api.submit({ type: 'github', text }, ANNA)
const board = async () => (await say('')).data as { issues: object[]; pulls: object[] }
const newPull = (files: Record<string, string> = { 'b.txt': 'x\n' }) => {
  const hands = pullHands(server.world, world.repo.row)
  const head = hands.push('other', files)
  return { ...hands.open('rita', { branch: 'other', title: 'Add b\u202e' }), head }
}

describe('what is open on GitHub, on every surface', () => {
  test('is listed with its state and what may be done, and a title draws nothing but its words', async () => {
    world.repo.open('rita', { title: '/merge\n@all <b>Search</b>' })
    const { number, head } = newPull()
    const { issues, pulls } = await board()
    expect(issues).toMatchObject([{ number: 1, title: '/merge @all <b>Search</b>', state: 'open', can: ['take'] }])
    expect(pulls).toMatchObject([{ number, head, state: 'open', can: ['review', 'merge'] }])
    expect(JSON.stringify(pulls)).not.toContain('\u202e')
  })

  test('an issue is taken up once, however often it is said, and becomes a pull request', async () => {
    const { number } = world.repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"' })
    expect(await say(`take ${number}`)).toMatchObject({ ok: true })
    await say(`take #${number}`)
    await baton.settle()
    const { issues, pulls } = await board()
    expect(issues).toMatchObject([{ number, state: 'done', pull: 2, session_id: expect.any(String) }])
    expect(pulls).toMatchObject([{ number: 2, author: 'baton-bot' }])
    expect(baton.notes).toContain(`#${number} was taken by anna.`)
  })

  test('an issue of an outsider that is taken still waits for an approval of its text', async () => {
    const { number } = world.repo.open('mallory', { title: 'Add a', body: 'rehearse: edit a.txt "one"' })
    await say(`take ${number}`)
    await baton.rounds.once()
    expect((await baton.ask('approval')).text).toContain('rehearse: edit a.txt')
    expect(world.repo.tip(`feature/issue-${number}`)).toBeUndefined()
  })

  test('a pull request is merged at the commit that was shown, and at no other', async () => {
    const { number, head } = newPull()
    const first = await say(`merge ${number}`)
    expect(first).toMatchObject({ ok: false, data: { confirm: head.slice(0, 12), number } })
    pullHands(server.world, world.repo.row).push('other', { 'c.txt': 'evil\n' })
    pullHands(server.world, world.repo.row).touch(number)
    expect(await say(`merge ${number} ${head}`)).toMatchObject({
      ok: false,
      text: expect.stringContaining('pushed to'),
    })
    await baton.rounds.once()
    expect(world.repo.issue(number).pull?.merged).toBeUndefined()
    const now = world.repo.issue(number).pull?.head.sha ?? ''
    expect(await say(`merge-${number}-${now.slice(0, 12)}`)).toMatchObject({ ok: true })
    await baton.rounds.once()
    expect(world.repo.issue(number).pull?.merged).toBeDefined()
    expect(world.repo.said(number, 'baton-bot').at(-1)).toContain('as anna asked')
  })

  test('a second tap is no answer to what is asked about a change of workflows', async () => {
    const { number, head } = newPull({ '.github/workflows/x.yml': 'on: push\n' })
    await say(`merge ${number} ${head}`)
    await baton.rounds.once()
    await baton.ask('approval')
    await say(`merge ${number} ${head}`)
    await baton.rounds.once()
    expect(world.repo.issue(number).pull?.merged).toBeUndefined()
    expect((await baton.ask('approval')).state).toBe('open')
  })

  test('what is not there, closed, or no sense is said in words', async () => {
    const { number } = world.repo.open('wendy', { title: 'Old' })
    world.repo.close(number, 'wendy')
    expect((await say('take 99')).text).toBe(`There is no #99 in ${world.repo.row.owner}/${world.repo.row.name}.`)
    expect((await say(`take ${number}`)).text).toBe(`#${number} is closed.`)
    expect((await say('dance')).text).toContain('github take 5')
    server.faults.add(/GET .*\/issues$/, { kind: 'status', code: 502 })
    expect((await say('')).ok).toBe(false)
  })
})
