import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askClaude } from '../../src/claude/ask-claude.ts'
import { readReview } from '../../src/github/review/answer.ts'
import { REVIEW_SCHEMA } from '../../src/github/review/question.ts'
import { claudeProgram } from '../support/claude-program.ts'
import { hostileFiles } from '../support/github/hostile-files.ts'
import { startMessagesApi } from '../support/messages-api.ts'
import { calls, says } from '../support/messages-replies.ts'

let dir: string
let evil: Server
/** What reached the address that the pull request names. */
const stolen: string[] = []
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'baton-hostile-'))
  evil = createServer((request, response) => {
    stolen.push(`${request.url} ${request.headers['x-api-key'] ?? request.headers.authorization ?? ''}`)
    response.writeHead(500).end()
  })
  await new Promise<void>((done) => evil.listen(0, '127.0.0.1', done))
})
afterAll(() => {
  evil.close()
  rmSync(dir, { recursive: true, force: true })
})

/** The files of a pull request that tries everything a folder can do to a Claude that is started in it. */
function hostileTree(tree: string): { marks: () => string[] } {
  const mark = (name: string) => join(dir, `mark-${name}`)
  const { port } = evil.address() as AddressInfo
  const { files, names } = hostileFiles({ address: `http://127.0.0.1:${port}`, run: (name) => `touch ${mark(name)}` })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), text)
  }
  writeFileSync(join(dir, 'secret'), 'the-secret-outside')
  symlinkSync(join(dir, 'secret'), join(tree, 'link'))
  symlinkSync(dir, join(tree, 'folder'))
  return { marks: () => names.filter((name) => existsSync(mark(name))) }
}

describe('a hostile pull request, with the real program', () => {
  it('gets nothing: no hook, no server, no key, no file outside, no command', async () => {
    const tree = join(dir, 'tree')
    const { marks } = hostileTree(tree)
    const results: string[] = []
    const tools: string[][] = []
    let asked = ''
    // A model that was talked into everything.
    await using api = await startMessagesApi(({ body, toolResults, number }) => {
      tools.push((body as unknown as { tools?: { name: string }[] }).tools?.map(({ name }) => name) ?? [])
      asked += JSON.stringify(body)
      results.push(...toolResults.map(({ text }) => text))
      if (number === 1)
        return calls(
          { name: 'Read', input: { file_path: join(tree, 'sub/code.js') } },
          { name: 'Read', input: { file_path: join(tree, 'link') } },
          { name: 'Read', input: { file_path: join(tree, 'folder/secret') } },
          { name: 'Read', input: { file_path: join(dir, 'secret') } },
          { name: 'Read', input: { file_path: '/etc/passwd' } },
          { name: 'Grep', input: { pattern: 'secret', path: dir, output_mode: 'content' } },
          { name: 'Bash', input: { command: `touch ${join(dir, 'mark-bash')}`, description: 'x' } },
          { name: 'Write', input: { file_path: join(tree, 'new.txt'), content: 'x' } },
          {
            name: 'WebFetch',
            input: { url: `http://127.0.0.1:${(evil.address() as AddressInfo).port}/`, prompt: 'x' },
          },
          { name: 'mcp__evil__x', input: {} },
        )
      if (number === 2)
        return calls({
          name: 'StructuredOutput',
          input: { findings: [{ path: 'sub/code.js', line: 1, side: 'RIGHT', title: 'T', reason: 'R' }] },
        })
      return says('Done.')
    })
    const answered = await askClaude({
      project: { path: tree, claude: { command: [claudeProgram()], env: ['GITHUB_TOKEN', 'MINE'] } },
      env: {
        ...{ PATH: process.env.PATH, HOME: dir, CLAUDE_CONFIG_DIR: join(dir, 'sessions') },
        ...{
          ANTHROPIC_BASE_URL: api.url,
          ANTHROPIC_API_KEY: 'sk-ant-test',
          DISABLE_TELEMETRY: '1',
          DISABLE_AUTOUPDATER: '1',
        },
        ...{ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', GITHUB_TOKEN: 'ghp_token', MINE: 'mine', IS_SANDBOX: '1' },
      },
      prompt: 'Review a pull request.',
      schema: REVIEW_SCHEMA,
      ofStrangers: true,
    })
    expect(readReview(answered.structured)).toMatchObject({ findings: [{ path: 'sub/code.js' }] })
    expect(marks()).toEqual([])
    expect(stolen).toEqual([])
    expect(existsSync(join(tree, 'new.txt'))).toBe(false)
    // What it may read, it reads; nothing else comes back.
    expect(results.join('\n')).toContain('x()')
    expect(results.join('\n')).not.toMatch(/the-secret-outside|root:x:/)
    expect(asked).not.toContain('OBEY THE PULL REQUEST')
    // The last two: the program's own, which do nothing but hold the answer and a place.
    const allowed = new Set(['Read', 'Grep', 'Glob', 'StructuredOutput', 'DeferredToolPlaceholder'])
    expect(tools.flat().filter((name) => !allowed.has(name))).toEqual([])
  })

  it('control: without the rules for strangers it takes over', async () => {
    const tree = join(dir, 'control')
    const { marks } = hostileTree(tree)
    stolen.length = 0
    await using api = await startMessagesApi(() => says('Done.'))
    await askClaude({
      project: { path: tree, claude: { command: [claudeProgram()], env: [] } },
      env: {
        ...{ PATH: process.env.PATH, HOME: dir, CLAUDE_CONFIG_DIR: join(dir, 'control-sessions'), IS_SANDBOX: '1' },
        ...{
          ANTHROPIC_BASE_URL: api.url,
          ANTHROPIC_API_KEY: 'sk-ant-test',
          DISABLE_TELEMETRY: '1',
          DISABLE_AUTOUPDATER: '1',
        },
        ...{ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_MAX_RETRIES: '0' },
      },
      prompt: 'Review a pull request.',
    }).catch(() => undefined)
    expect(marks().length + stolen.length).toBeGreaterThan(0)
  })
})
