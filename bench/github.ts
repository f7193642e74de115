import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { askClaude } from '../src/claude/ask-claude.ts'
import type { FileDiff } from '../src/github/review/diff.ts'
import { REVIEW_SCHEMA, reviewQuestion } from '../src/github/review/question.ts'
import { shownDiff } from '../src/github/review/shown-diff.ts'
import type { Rounds } from '../src/github/rounds.ts'
import { checksOf, pullHands } from '../test/support/github/merge-routes.ts'
import { startGitHub } from '../test/support/github/server.ts'
import { createHome } from '../test/support/home.ts'
import { row, spread } from './figures.ts'
import { realClaudeEnv } from './real-loop.ts'

/** Reviews with one finding, at once; works as the rehearsal agent does. */
const AGENT = join(import.meta.dirname, '../faults/programs/github-agent.ts')
const LABELS = 10
const POLLS_AN_HOUR = 60
/** So that the wait for the next poll is short: what is measured begins with that poll. */
const POLL_MS = 1_000
const PULLS = 20
const POLLS_WHILE_CHECKS_RUN = 5

/** A Baton on a repository of the stand-in, with the distances between requests that GitHub asks for. */
async function openBench(review: 'all' | 'none') {
  const server = await startGitHub()
  const repo = server.repo('acme/app', { people: { wendy: 'write', 'baton-bot': 'write' } })
  const home = createHome('', `project: work\ngithub: {repo: acme/app, review: ${review}}\n`)
  mkdirSync(join(home.dir, 'work'))
  home.git('clone', '-q', repo.row.gitDir, 'work')
  const baton = await home.open({
    gitHub: { token: server.token('baton-bot'), apiUrl: server.apiUrl, version: '0.0.0' },
    change: (config) => {
      config.projects[0].claude.command = [process.execPath, AGENT]
      if (config.projects[0].github) config.projects[0].github.pollMs = POLL_MS
    },
  })
  const rounds: Rounds | undefined = await baton.gitHub.get('main')?.rounds({
    ...{ api: baton.runner.api, note: () => undefined, spent: async () => undefined },
    onError: (error) => baton.errors.push(error),
  })
  if (!rounds) throw new Error('The project has no repository.')
  return {
    ...{ server, repo, baton, rounds, hands: pullHands(server.world, repo.row) },
    async close() {
      await rounds.stop()
      await home.close()
      await server.close()
      if (baton.errors.length > 0) throw baton.errors[0]
    },
  }
}

/** How soon a labeled issue is worked on, from the poll that shows its label; one poll at most comes before that. */
async function timeFromLabelToStart(): Promise<void> {
  const { server, repo, baton, rounds, close } = await openBench('none')
  const polls: number[] = []
  const next = server.faults.next
  server.faults.next = (asked) => {
    if (asked === 'GET /repos/acme/app/issues') polls.push(performance.now())
    return next(asked)
  }
  rounds.start()
  const times: number[] = []
  for (let nth = 1; nth <= LABELS; nth++) {
    await sleep(POLL_MS * Math.random())
    const labeledAt = performance.now()
    repo.open('wendy', { title: `Job ${nth}`, body: 'rehearse: say done', labels: ['ready'] })
    await baton.event('task.started', ({ text }) => text.includes(`Job ${nth}`))
    const shownAt = polls.find((at) => at > labeledAt) ?? Number.NaN
    times.push((performance.now() - shownAt) / 1_000)
    await baton.rest()
  }
  await close()
  row('from the poll that shows a label to the started task', `${spread(times)} s`, 'goal ≤ 2 s after one poll')
}

/** What an hour of polls costs of the 5,000 requests that an account has in it. */
async function requestsAnHour(): Promise<void> {
  const idle = await openBench('none')
  await idle.rounds.once()
  const counted = ({ server }: Pick<typeof idle, 'server'>) => server.requests.filter((one) => one.counted).length
  const before = counted(idle)
  for (let nth = 0; nth < POLLS_AN_HOUR; nth++) await idle.rounds.once()
  row('counted requests an hour, nothing happens', String(counted(idle) - before), 'goal ≤ 60')
  await idle.close()

  const busy = await openBench('all')
  const { repo, hands, rounds } = busy
  const pulls = Array.from({ length: PULLS }, (_, nth) => {
    hands.push(`change-${nth}`, { [`p${nth}.txt`]: 'v1\n' })
    return hands.open('wendy', { branch: `change-${nth}` }).number
  })
  await rounds.once()
  const start = counted(busy)
  for (let nth = 0; nth < POLLS_AN_HOUR; nth++) await rounds.once()
  const quiet = counted(busy)
  row(`the same with ${PULLS} open pull requests`, String(quiet - start), 'goal ≤ 60')
  for (const [nth, number] of pulls.entries()) {
    hands.push(`change-${nth}`, { [`p${nth}.txt`]: 'v2\n' })
    hands.touch(number)
    for (let look = 0; look < POLLS_AN_HOUR / PULLS; look++) await rounds.once()
  }
  const reviews = repo.row.comments.filter(({ body }) => body.includes('Reviewed `')).length
  row(`the same, each pushed to once and reviewed (${reviews} reviews)`, String(counted(busy) - quiet), '')
  await busy.close()
}

/** The same while each of many pull requests should be merged and waits for a check that runs for hours. */
async function requestsWhileChecksRun(): Promise<void> {
  const { server, repo, rounds, hands, close } = await openBench('none')
  await rounds.once()
  const numbers = Array.from({ length: PULLS }, (_, nth) => {
    const sha = hands.push(`change-${nth}`, { [`p${nth}.txt`]: 'v1\n' })
    checksOf(repo.row).push({ id: nth + 1, sha, name: 'unit', status: 'in_progress', conclusion: null } as never)
    return hands.open('wendy', { branch: `change-${nth}` }).number
  })
  await rounds.once()
  for (const number of numbers) repo.comment(number, 'wendy', '/merge')
  // Its own comments are changes, too.
  for (let nth = 0; nth < 4; nth++) await rounds.once()
  const said = repo.row.comments.filter(({ body }) => body.includes('waiting for unit')).length
  if (said !== PULLS) throw new Error(`${said} of ${PULLS} wait for their check.`)
  const counted = () => server.requests.filter((one) => one.counted).length
  const before = counted()
  for (let nth = 0; nth < POLLS_WHILE_CHECKS_RUN; nth++) await rounds.once()
  row(
    `counted in ${POLLS_WHILE_CHECKS_RUN} polls while ${PULLS} merges wait for a check`,
    String(counted() - before),
    'goal ≤ 1 a poll',
  )
  await close()
}

/** How large the question of a review is for diffs of several sizes; a token is taken for four characters. */
function sizeOfReviews(): void {
  for (const lines of [10, 100, 1_000, 10_000]) {
    const diff = shownDiff(diffOf(lines))
    const of = { title: 'A change', body: 'What it is for.', rules: [], known: [], diff }
    const tokens = Math.round(reviewQuestion(of).length / 4)
    const own = Math.round(reviewQuestion({ ...of, diff: { text: '', left: [] } }).length / 4)
    const raw = Math.round(diffOf(lines).reduce((sum, file) => sum + textOf(file).length, 0) / 4)
    row(
      `tokens that ask for a review of ${lines.toLocaleString('en')} changed lines`,
      `${tokens.toLocaleString('en')} (diff ${raw.toLocaleString('en')}, rest ${own})`,
      '≤ 51,000, however large',
    )
  }
}

/**
 * All that the real program sends to the service for a review, its own words and tools with the question. What it reads beside that is
 * its own choice. Says so and does nothing where the program is missing.
 */
async function sizeOfRealReviews(): Promise<void> {
  const claude = process.env.BATON_TEST_CLAUDE
  if (!claude)
    return row(
      'tokens that the real claude sends for a review',
      'not measured',
      'node scripts/with-claude.ts npm run bench',
    )
  const { startMessagesApi } = await import('../test/support/messages-api.ts')
  const { calls, says } = await import('../test/support/messages-replies.ts')
  const dir = mkdtempSync(join(tmpdir(), 'baton-bench-review-'))
  const input = { findings: [] }
  await using api = await startMessagesApi(({ toolResults }) =>
    toolResults.length === 0 ? calls({ name: 'StructuredOutput', input }) : says('Done.'),
  )
  try {
    for (const lines of [10, 100, 1_000, 10_000]) {
      const files = diffOf(lines)
      const prompt = reviewQuestion({ title: 'A change', body: '', rules: [], known: [], diff: shownDiff(files) })
      api.requests.length = 0
      await askClaude({
        ...{ project: { path: dir, claude: { command: [claude], env: [] } }, prompt, schema: REVIEW_SCHEMA },
        ...{ env: { PATH: process.env.PATH, HOME: dir, ...realClaudeEnv(api.url, dir) }, ofStrangers: true },
      })
      const turns = api.requests.map(({ body }) => Math.round(JSON.stringify(body).length / 4))
      const raw = Math.round(files.reduce((sum, file) => sum + textOf(file).length, 0) / 4)
      const [first = 0] = turns
      row(
        `tokens of the real claude's first request, ${lines.toLocaleString('en')} changed lines`,
        `${first.toLocaleString('en')} (${(first / raw).toFixed(1)} times the diff)`,
        `${turns.length} in all`,
      )
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Files of 200 changed lines each, of the length that lines of code have. */
function diffOf(lines: number): FileDiff[] {
  const files: FileDiff[] = []
  for (let from = 0; from < lines; from += 200) {
    const count = Math.min(200, lines - from)
    const hunk = Array.from({ length: count }, (_, nth) => ({
      ...{ sign: '+' as const, now: nth + 1, text: `  const value${nth} = await readValue(source, ${nth})` },
    }))
    files.push({ path: `src/part-${from / 200}.ts`, hunks: [hunk] })
  }
  return files
}

const textOf = ({ hunks }: FileDiff): string =>
  hunks.flatMap((hunk) => hunk.map(({ sign, text }) => sign + text)).join('\n')

/** What working with GitHub costs. */
export async function costOfGitHub(): Promise<void> {
  await timeFromLabelToStart()
  await requestsAnHour()
  await requestsWhileChecksRun()
  sizeOfReviews()
  await sizeOfRealReviews()
}
