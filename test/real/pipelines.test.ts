import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pullHands } from '../support/github/merge-routes.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import type { MessagesRequest } from '../support/messages-api.ts'
import { calls, says } from '../support/messages-replies.ts'
import { createRealBaton } from '../support/real-baton.ts'

let server: GitHubServer
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())

const TEST = `import { equal } from 'node:assert/strict'
import { sum } from './sum.mjs'

equal(sum(2, 3), 5)
`
const sum = (sign: string, after = '') => `export const sum = (a, b) => a ${sign} b${after}\n`
const PIPELINE = `---
on: {push: [main]}
---
## Test
**Verify First:** true
**Verify:**
- node sum.test.mjs

**Claude Instruction:**
Fix what the failing check shows.

## Look
**Claude Instruction:**
Look for breaking changes.

## Ship
**Depends On:** Test, Look
**Deploy:** qa
`
const CONFIG = `project: work
github: {repo: acme/shop}
roles: {ops: [api]}
environments:
  qa:
    branches: [main]
    approve: [ops]
    deploy: 'git show "$SHA:sum.mjs" > "$LIVE" && echo "# $SHA" >> "$LIVE"'
    check: ['grep -q "$SHA" "$LIVE"']
    rollback: 'false'
    env: [LIVE]
pipelines: {poll: 1s}
`

const folderOf = ({ body }: MessagesRequest): string =>
  /working directory: ([^\\\n"]+)/i.exec(JSON.stringify(body))?.[1]?.trim() ?? ''

describe('a pipeline, with the real program', () => {
  it('has a red test fixed in a pull request, and shows what was found to whoever approves', async () => {
    const files = { 'sum.mjs': sum('+'), 'sum.test.mjs': TEST }
    const repo = server.repo('acme/shop', { people: { wendy: 'write', 'baton-bot': 'write' }, files })
    const asked: MessagesRequest[] = []
    const refused: string[] = []
    await using baton = await createRealBaton(
      '',
      { more: CONFIG },
      (request) => {
        const { prompt, toolResults } = request
        asked.push(request)
        const isLook = JSON.stringify(request.body.messages[0]).includes('Look for breaking changes')
        if (toolResults.length > 0) {
          if (isLook) refused.push(...toolResults.filter(({ isError }) => isError).map(({ text }) => text))
          return says(isLook ? 'The sum is printed without a newline: a breaking change.' : 'The sum adds again.')
        }
        const file_path = join(folderOf(request), 'sum.mjs')
        const content = isLook ? '' : sum('+', ' // mended')
        return prompt === '' ? says('Done.') : calls({ name: 'Write', input: { file_path, content } })
      },
      {
        ANTHROPIC_API_KEY: 'sk-ant-test',
        GITHUB_TOKEN: server.token('baton-bot'),
        GITHUB_API_URL: server.apiUrl,
      },
    )
    const { home } = baton
    const live = join(home.dir, 'live-secret-place.sh')
    home.write('.env', `LIVE=${live}\n`)
    home.write('pipelines/ship.md', PIPELINE)
    mkdirSync(join(home.dir, 'work'), { recursive: true })
    rmSync(join(home.dir, '.git'), { recursive: true })
    home.git('clone', '-q', repo.row.gitDir, 'work')
    await baton.up()
    // What is there at first is no push.
    await baton.until('the first look', () => {
      using store = new DatabaseSync(join(home.dir, '.baton/baton.db'), { readOnly: true })
      return store.prepare("SELECT 1 FROM meta WHERE key LIKE 'pipelines:heads:%'").get()
    })

    const hands = pullHands(server.world, repo.row)
    const bad = hands.push('main', { 'sum.mjs': sum('-') })
    const pull = await baton.until('the pull request', () => [...repo.row.issues.values()].find((one) => one.pull))
    const branch = pull.pull?.head.branch ?? ''
    expect(pull).toMatchObject({ title: `Fix Test for ${bad.slice(0, 8)}`, pull: { base: 'main' } })
    expect(pull.body).toContain('The sum adds again.')
    expect(repo.git('show', `${branch}:sum.mjs`)).toContain('mended')
    expect(repo.git('rev-parse', `${branch}^`)).toBe(bad)
    // Neither the fix nor what it fixes went anywhere else.
    expect(repo.tip('main')).toBe(bad)
    expect(existsSync(live)).toBe(false)

    // Somebody merges it: a push of its own.
    repo.git('update-ref', 'refs/heads/main', repo.tip(branch) ?? '')
    const fixed = repo.tip('main') as string
    const ask = await baton.ask('approval', 'The sum is printed without a newline: a breaking change.')
    expect(ask.text).toContain(fixed)
    expect(ask.text).toContain('✓ Test (1 of 1 check green)')
    expect(existsSync(live)).toBe(false)
    await baton.answer(ask, 'approve')
    await baton.until('it is live', () => (existsSync(live) && readFileSync(live, 'utf8').includes(fixed)) || undefined)
    expect(readFileSync(live, 'utf8')).toContain('mended')
    // Who only looks is shown what changed since what ran, and nothing else does it know of.
    const looked = asked.filter(({ prompt }) => prompt.includes('Look for breaking changes'))
    expect(looked.map(({ prompt }) => prompt)).toEqual([
      expect.stringContaining('+export const sum = (a, b) => a - b'),
      expect.stringContaining('+export const sum = (a, b) => a + b // mended'),
    ])
    // Who only looks cannot write, and what deploys is not told to Claude.
    expect(refused.length).toBeGreaterThan(0)
    expect(JSON.stringify(asked.map(({ body }) => body))).not.toContain('live-secret-place')
    expect(home.git('-C', 'work', 'status', '--porcelain')).toBe('')
  })
})
