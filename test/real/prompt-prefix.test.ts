import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askClaude } from '../../src/claude/ask-claude.ts'
import { REVIEW_SCHEMA, reviewQuestion } from '../../src/github/review/question.ts'
import { claudeProgram } from '../support/claude-program.ts'
import { type MessagesRequest, startMessagesApi } from '../support/messages-api.ts'
import { calls, runs, says } from '../support/messages-replies.ts'
import { QUIET_CLAUDE } from '../support/quiet-claude.ts'
import { createRealBaton, type RealBaton } from '../support/real-baton.ts'

const task = (number: number, fields = '') =>
  `## Task ${number}: Title ${number}\n${fields}**Claude Instruction:**\nWrite ${number}.\n\n`

/** What the service's cache is asked for before anything of the task: tools and system prompt, without the line that is each request's own. */
const prefixOf = ({ body }: MessagesRequest): string =>
  JSON.stringify([body.tools, body.system]).replaceAll(/x-anthropic-billing-header[^"]*/g, '')

const prefixesOf = (requests: readonly MessagesRequest[]) => new Set(requests.map(prefixOf))

async function finish(baton: RealBaton): Promise<void> {
  baton.home.repository()
  await baton.up()
  const { session_id: id } = (await baton.post('/api/quick-start', { auto_approve: true })) as { session_id: string }
  await baton.until('the end of the run', async () => {
    const { status } = await baton.get<{ status: string }>(`/api/status/${id}`)
    return status === 'done' || undefined
  })
}

/** Each of them changes a file first. */
const works = ({ toolResults, prompt }: MessagesRequest) =>
  toolResults.length > 0 ? says('Wrote it.') : runs(`echo x > file-${/Write (\d+)/.exec(prompt)?.[1]}.txt`)

describe('what comes before the task in each request, with the real program', () => {
  it('is the same for tasks with rules of their own, and for one that a red check sent back', async () => {
    const files =
      task(1, '**Allowed Tools:** Bash(npm test:*)\n**Type:** backend\n') +
      task(
        2,
        '**Permission Mode:** default\n**Verify:**\n- test -f file-2.txt -a -f again.txt || ! touch again.txt\n',
      ) +
      task(3, '**Acceptance Criteria:**\n- It is there\n')
    await using baton = await createRealBaton(
      files,
      {
        claude:
          '  allowed_tools: ["Bash(echo:*)"]\n  disallowed_tools: ["Bash(curl:*)"]\n  append_prompt: Be brief.\n  sandbox: off\n',
        more: 'mark: false\nretries: 1\n',
      },
      works,
    )
    await finish(baton)
    // Two for each task, and what the red check cost.
    expect(baton.api.requests.length).toBeGreaterThan(6)
    expect(prefixesOf(baton.api.requests).size).toBe(1)
  })

  it('is the same in each lane, whatever folder and branch it works in', async () => {
    await using baton = await createRealBaton(
      [1, 2, 3, 4].map((number) => task(number)).join(''),
      { more: 'lanes: 2\nmark: false\nretries: 0\n' },
      works,
    )
    await finish(baton)
    expect(baton.api.requests.length).toBeGreaterThanOrEqual(8)
    expect(prefixesOf(baton.api.requests).size).toBe(1)
  })

  it('is the same for each review, whatever it is about', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-prefix-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    await using api = await startMessagesApi(({ toolResults }) =>
      toolResults.length > 0 ? says('Done.') : calls({ name: 'StructuredOutput', input: { findings: [] } }),
    )
    for (const title of ['Greet people', 'Let them go']) {
      const about = { title, body: title, rules: [], known: [], diff: { text: `+ ${title}`, left: [] } }
      await askClaude({
        project: { path: dir, claude: { command: [claudeProgram()], env: [] } },
        prompt: reviewQuestion(about),
        schema: REVIEW_SCHEMA,
        ofStrangers: true,
        env: {
          PATH: process.env.PATH,
          HOME: dir,
          CLAUDE_CONFIG_DIR: join(dir, 'sessions'),
          ANTHROPIC_BASE_URL: api.url,
          ANTHROPIC_API_KEY: 'sk-ant-test',
          ...QUIET_CLAUDE,
        },
      })
    }
    expect(api.requests.map(({ prompt }) => prompt).join()).toMatch(/Greet people[\s\S]*Let them go/)
    expect(prefixesOf(api.requests).size).toBe(1)
  })
})
