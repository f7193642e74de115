import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

interface SourceChange {
  file: string
  /** Each is found exactly as written, and replaced. */
  changes: readonly (readonly [from: string, to: string])[]
  /** The same safeguard stands at a second place. */
  and?: SourceChange
}

/**
 * Safeguards that can be broken on purpose, each by a change of the source as it is loaded. A place that is no longer
 * there is an error, so that no control can keep passing for nothing.
 */
export const BREAKS = {
  'a frozen machine keeps its lease': {
    file: 'src/machines/watchdog.ts',
    changes: [['kill -KILL "-$pid"', ': "-$pid"']],
  },
  'nobody looks at what was weakened': {
    file: 'src/workspace/evidence/guard-findings.ts',
    changes: [["if (project.guard === 'off') return []", 'if (project) return []']],
  },
  'git is not compared': {
    file: 'src/workspace/evidence/git-evidence.ts',
    changes: [['return noted === undefined || !after', 'return noted !== noted || !after || after']],
  },
  'words are believed': {
    file: 'src/proof/claims.ts',
    changes: [
      ['return [...aboutTests(facts), ...aboutFiles(facts), ...aboutNothing(facts)]', 'return facts ? [] : []'],
    ],
  },
  'leftovers stay': {
    file: 'src/daemon/runner.ts',
    changes: [['await ports.endLeftovers(attempt, before?.pid)', 'void attempt']],
  },
  'acts count twice': {
    file: 'src/store/inbox.ts',
    changes: [['ON CONFLICT (key) DO NOTHING', 'ON CONFLICT (key) DO UPDATE SET handled_at = NULL, reply = NULL']],
  },
  'the lock is shared': {
    file: 'src/files/lock.ts',
    changes: [["'BEGIN IMMEDIATE'", "'BEGIN'"]],
  },
  'flushes are normal': {
    file: 'src/store/open.ts',
    changes: [['PRAGMA synchronous = FULL', 'PRAGMA synchronous = NORMAL']],
  },
  'flushes are off': {
    file: 'src/store/open.ts',
    changes: [['PRAGMA synchronous = FULL', 'PRAGMA synchronous = OFF']],
  },
  'marks are not flushed': {
    file: 'src/taskfile/write/exchange.ts',
    changes: [['await handle.sync()', '']],
  },
  'acts need no disk': {
    file: 'src/daemon/api/in-process-api.ts',
    changes: [
      [
        'return notPossible(`This could not be stored',
        'return ((text: string) => ({ ok: true, text }))(`This could not be stored',
      ],
    ],
  },
  'no result counts': {
    file: 'src/claude/outcome/outcome.ts',
    changes: [["ended.exitCode === 0 ? 'no-result'", "ended.exitCode === 0 ? 'done'"]],
  },
  'children stay': {
    file: 'src/claude/process/process.ts',
    changes: [['await killTree(tree, { graceMs: LEFTOVER_GRACE_MS })', '{ killed: [], survivors: [] }']],
  },
  'holds go by the wall clock': {
    file: 'src/daemon/attempt/held-requests.ts',
    changes: [
      [
        'entry.timer = setTimeout(() => void park(entry).catch(ports.onError), Math.min(holdMs, 2 ** 31 - 1))',
        `const since = Date.now()
         entry.timer = setInterval(() => Date.now() - since > holdMs && void park(entry).catch(ports.onError), 100)`,
      ],
    ],
  },
  'migrations are not whole': {
    file: 'src/store/open.ts',
    changes: [
      ["db.exec('BEGIN IMMEDIATE')", ''],
      ["db.exec('COMMIT')", ''],
      ["db.exec('ROLLBACK')", ''],
    ],
  },
  'edits are overwritten': {
    file: 'src/taskfile/write/exchange.ts',
    changes: [
      ['return readWhole(file).equals(expected)', 'return true'],
      ['(hasty || namesAround(file) === around) && isAt(file, old.fd)', 'true'],
    ],
  },
  'fences are not seen': {
    file: 'src/taskfile/text/openers.ts',
    changes: [
      [
        'export function fenceAt(rest: string): Fence | undefined {',
        'export function fenceAt(rest: string): Fence | undefined {\n  if (rest.length >= 0) return undefined',
      ],
    ],
  },
  'updates are not stored': {
    file: 'src/chat/event-inbox.ts',
    changes: [['const isNew = store(event)', 'const isNew = true']],
  },
  'failed messages count as sent': {
    file: 'src/outbox/outbox.ts',
    changes: [
      ['store.failed(id, { at: wallClock(), waitMs, ...failure })', 'store.done(id, {})\n    void failure'],
      ['for (const { id } of batch) dueAt.set(id, now() + waitMs)', ''],
    ],
  },
  'doubt is forgotten': {
    file: 'src/outbox/outbox.ts',
    changes: [['(stored.inDoubt || stored.begun)', 'stored.inDoubt']],
  },
  'retry_after is not heeded': {
    file: 'src/telegram/api-errors.ts',
    changes: [['seconds === undefined ? DEFAULT_FLOOD_MS : seconds * 1000', '50']],
  },
  'polling ends at the first error': {
    file: 'src/telegram/poller.ts',
    changes: [['if (!stopping.signal.aborted) await recover(error)', 'return void error']],
  },
  'doubt counts as sent': {
    file: 'src/chat/call-trouble.ts',
    changes: [["return { kind: 'again', inDoubt: !isHarmlessTwice(call), why }", "return { kind: 'done' }"]],
  },
  'what was written meanwhile is not read': {
    file: 'src/discord/catch-up.ts',
    changes: [['for (const event of events) take(event)', 'void events']],
  },
  'anybody may answer on Discord': {
    file: 'src/discord/discord.ts',
    changes: [['users.includes(by.id) ||', 'by.id !== botId ||']],
  },
  'what was written meanwhile on Slack is not read': {
    file: 'src/slack/catch-up.ts',
    changes: [['if (heard && take(heard)) count++', 'void heard']],
  },
  'anybody may answer on Slack': {
    file: 'src/slack/access.ts',
    changes: [['if (!users.includes(heard.user) && !isMember(heard.user)) return false', '']],
  },
  'a decision is told on its own platform alone': {
    file: 'src/chat/announce.ts',
    changes: [
      [
        'async function closed(chat: ChatContext, event: BatonEvent): Promise<Announcement> {',
        `async function closed(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
           const by = event.askId === undefined ? undefined : chat.deps.api.view.ask(event.askId)?.answer?.by
           if (by?.surface !== chat.transport.name) return NOTHING`,
      ],
    ],
  },
  'a decided ask is decided again': {
    file: 'src/core/asks/asks.ts',
    changes: [["if (ask.state !== 'open') return { reply: closedReply(ask) }", '']],
  },
  'ended runs stay in memory': {
    file: 'src/core/state.ts',
    changes: [
      [
        'export function forgetEndedRuns(state: State): void {',
        `const kept: unknown[] = []
         export function forgetEndedRuns(state: State): void {
           for (let i = 0; i < 600; i++) kept.push(structuredClone([...state.tasks.values()].slice(-3)))
           if (kept.length > 0) return`,
      ],
    ],
  },
  'anybody may answer': {
    file: 'src/telegram/access.ts',
    changes: [['!allowed.includes(from.id) || !mayHere', '!mayHere']],
  },
  'what was shown is not checked': {
    file: 'src/core/asks/asks.ts',
    changes: [['target.hash !== undefined && target.hash !== ask.hash', 'false']],
  },
  'stale answers fall to the next ask': {
    file: 'src/core/asks/asks.ts',
    changes: [
      [
        "if (ask.state !== 'open') return { reply: closedReply(ask) }",
        `if (ask.state !== 'open') {
           const next = draft.openAsks()[0]
           return next ? { ask: next } : { reply: closedReply(ask) }
         }`,
      ],
    ],
  },
  'updates count again': {
    file: 'src/store/updates.ts',
    changes: [['ON CONFLICT DO NOTHING', 'ON CONFLICT DO UPDATE SET handled_at = NULL, json = excluded.json']],
    and: {
      file: 'src/chat/update-context.ts',
      changes: [['key: key ?? `', 'key: Math.random() + `']],
    },
  },
  'the chat shows secrets': {
    file: 'src/messengers/open-chat.ts',
    changes: [['redactValue(redact, value) as T', 'value']],
  },
  'pieces are searched one by one': {
    file: 'src/redact/redact-raw.ts',
    changes: [
      [
        'chunks.push(decoder.write(line.subarray(at, at + PIECE_BYTES)))',
        'redact(decoder.write(line.subarray(at, at + PIECE_BYTES)))',
      ],
    ],
  },
  'the logs show secrets': {
    file: 'src/daemon/attempt/task-log.ts',
    changes: [['showInLog(redact(text))', 'showInLog(text)']],
  },
  'pages show secrets': {
    file: 'src/http/present/body.ts',
    changes: [['redact(text) === text ? text', 'text ? text']],
  },
  'branches are moved without comparing': {
    file: 'src/git/worktree/branches.ts',
    changes: [[", to, from ?? '0'.repeat(to.length)]", ', to, ...(from ? [] : [])]']],
  },
  'a set-up is noted before it is done': {
    file: 'src/workspace/worktree/lane-tree.ts',
    changes: [['pool.noteSetUp(pooled, undefined)', 'pool.noteSetUp(pooled, digest)']],
  },
  'the base is not checked': {
    file: 'src/workspace/merge-line/first-red.ts',
    changes: [['if (!base.ok) return', 'if (base.ok && !base.ok) return']],
  },
  'what had landed is not noted after a kill': {
    file: 'src/workspace/merge-line/landed.ts',
    changes: [['finish(branch, isThere ? step : undefined)', 'finish(branch, isThere ? undefined : undefined)']],
  },
  'what a task left is not kept': {
    file: 'src/workspace/worktree/worktree.ts',
    changes: [['const made = await trees.commit(task, tree, taken.commit)', 'const made = { commit: taken.commit }']],
  },
  'half-made worktrees are not repaired': {
    file: 'src/git/worktree/worktrees.ts',
    changes: [
      ['for (const { entry, folder } of await linkedTrees(repository)) {', 'for (const { entry, folder } of []) {'],
      // The locks of a killed git go before each use, too.
      ["if (name.endsWith('.lock'))", "if (name === '')"],
    ],
  },
  'any half-made entry is removed': {
    file: 'src/git/worktree/worktrees.ts',
    changes: [['if (!isOurs(name) && found', 'if (!name && found']],
  },
  "the project's hooks are run": {
    file: 'src/git/program.ts',
    changes: [["[...SETTINGS, 'core.hooksPath=/dev/null']", 'SETTINGS']],
  },
  'forged webhooks are heard': {
    file: 'src/http/routes/github-hook.ts',
    changes: [['return hex !== undefined && timingSafeEqual', 'return hex === undefined || true || timingSafeEqual']],
  },
  'deliveries are forgotten': {
    file: 'src/store/github-state.ts',
    changes: [['if (changes === 0) return false', '']],
  },
  'anybody may write': {
    file: 'src/github/may.ts',
    changes: [["if (!user) return 'no'", "if (user) return 'yes'"]],
  },
  'outsiders are not asked about': {
    file: 'src/sources/github/snapshot.ts',
    changes: [['const outsider = !(await isWriter(issue.user))', 'const outsider = false']],
  },
  'words of others are posted as they are': {
    file: 'src/text/inert/defuse.ts',
    changes: [['return text\n', 'if (text.length >= 0) return text\n  return text\n']],
  },
  'a word anywhere is a command': {
    file: 'src/github/text/command.ts',
    changes: [
      [
        'commands.find((command) => command === word)',
        'commands.find((command) => body.includes(command) || command === word)',
      ],
    ],
  },
  'lost writes are sent again unseen': {
    file: 'src/github/once.ts',
    changes: [['const found = await write.look()', 'const found = undefined as T | undefined']],
  },
  'reviews are not remembered': {
    file: 'src/github/review/reviews.ts',
    changes: [['(review.done === head && !(isAsked && review.failed === head)) ||', '']],
  },
  'labels count again': {
    file: 'src/sources/github/take-up.ts',
    changes: [
      ["if (known?.labelEvent === label.event && known.stage !== 'blocked') return", ''],
      ['return again(number, known, label)', 'void again'],
      ['if (known?.labelEvent === label.event) record.take = known.take', ''],
    ],
  },
  'anybody approves a deployment': {
    file: 'src/core/asks/deciders.ts',
    changes: [
      ['if (!deciders) return undefined\n  const book', 'if (deciders !== null) return undefined\n  const book'],
    ],
  },
  'whoever asked for a deployment approves it': {
    file: 'src/core/asks/deciders.ts',
    changes: [
      ['if (requester && areDifferent', 'if (requester && !requester && areDifferent'],
      ['if (!requester) return approvals.length >= count', 'if (approvals.length >= count) return true'],
    ],
  },
  'two deploy at once': {
    file: 'src/core/deploy/gate.ts',
    changes: [["if (environment.holder !== undefined) return 'another", "if (!environment.name) return 'another"]],
  },
  'what a kill cut off is started again': {
    file: 'src/pipeline/deployer.ts',
    changes: [["if (before?.step === 'deploying' ||", "if (before?.step === 'naming' &&"]],
  },
  'the release before is guessed': {
    file: 'src/pipeline/deployer.ts',
    changes: [
      [
        'const good = lastGood(ports.known(deployment.environment))',
        'const good = ports.known(deployment.environment).runs ?? lastGood({ good: [] })',
      ],
    ],
  },
  'deployments are not marked': {
    file: 'src/pipeline/place.ts',
    changes: [
      [
        'wrap: (words) => branded(words, name, env, cwd)',
        'wrap: (words) => words && branded(words, name, env, cwd) && words',
      ],
    ],
  },
  'secrets that were taken apart are not put together': {
    file: 'src/text/document/hide.ts',
    changes: [['const safe = hide(words)', 'const safe = words']],
  },
} as const satisfies Record<string, SourceChange>

/** The same program at another time: with fewer migrations, or with more. */
export const VERSIONS = {
  'the first version': {
    file: 'src/store/open.ts',
    changes: [
      [
        "import { MIGRATIONS } from './migrations.ts'",
        "import { MIGRATIONS as ALL } from './migrations.ts'\nconst MIGRATIONS = ALL.slice(0, 1)",
      ],
    ],
  },
  'a later version': {
    file: 'src/store/open.ts',
    changes: [
      [
        "import { MIGRATIONS } from './migrations.ts'",
        `import { MIGRATIONS as ALL } from './migrations.ts'
         const MIGRATIONS = [...ALL,
           'CREATE TABLE later (key TEXT PRIMARY KEY, json TEXT) STRICT; INSERT INTO later SELECT key, json FROM inbox',
           'ALTER TABLE later ADD COLUMN more TEXT; UPDATE later SET more = json',
           'CREATE INDEX later_by_more ON later (more); DELETE FROM events WHERE seq < 0']`,
      ],
    ],
  },
} as const satisfies Record<string, SourceChange>

export type Break = keyof typeof BREAKS
export type Version = keyof typeof VERSIONS

const VARIABLE = 'BATON_FAULTS_BREAK'
const CHANGES: Record<string, SourceChange> = { ...BREAKS, ...VERSIONS }

/** Arguments for node and environment of a program in which these safeguards are broken. */
export function brokenBy(...names: (Break | Version | undefined)[]): { args: string[]; env: Record<string, string> } {
  const broken = names.filter((name) => name !== undefined)
  if (broken.length === 0) return { args: [], env: {} }
  return { args: ['--import', pathToFileURL(import.meta.filename).href], env: { [VARIABLE]: broken.join(',') } }
}

for (const name of process.env[VARIABLE]?.split(',') ?? []) {
  const change = CHANGES[name]
  if (!change) throw new Error(`There is no break called “${name}”`)
  breakSource(change)
}

/** Changes the source of one file as it is loaded. */
function breakSource(change: SourceChange): void {
  if (change.and) breakSource(change.and)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (!url.endsWith(`/${change.file}`)) return loaded
      let source = String(loaded.source)
      for (const [from, to] of change.changes) {
        if (!source.includes(from)) throw new Error(`${change.file} has no “${from}” to break any more`)
        source = source.replace(from, () => to)
      }
      return { ...loaded, source }
    },
  })
}
