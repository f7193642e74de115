import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

/**
 * Safeguards that can be broken on purpose, each by a change of the source as it is loaded. A place that is no longer
 * there is an error, so that no control can go on passing for nothing.
 */
export const BREAKS = {
  'leftovers stay': {
    file: 'src/daemon/runner.ts',
    from: 'await ports.endLeftovers(attempt)',
    to: 'void attempt',
  },
  'acts count twice': {
    file: 'src/store/inbox.ts',
    from: 'ON CONFLICT (key) DO NOTHING',
    to: 'ON CONFLICT (key) DO UPDATE SET handled_at = NULL, reply = NULL',
  },
  'the lock is shared': {
    file: 'src/store/lock.ts',
    from: "'BEGIN EXCLUSIVE'",
    to: "'BEGIN'",
  },
  'flushes are normal': {
    file: 'src/store/open.ts',
    from: 'PRAGMA synchronous = FULL',
    to: 'PRAGMA synchronous = NORMAL',
  },
  'flushes are off': {
    file: 'src/store/open.ts',
    from: 'PRAGMA synchronous = FULL',
    to: 'PRAGMA synchronous = OFF',
  },
  'marks are not flushed': {
    file: 'src/taskfile/exchange.ts',
    from: 'await handle.sync()',
    to: '',
  },
  'acts need no disk': {
    file: 'src/daemon/local-face.ts',
    from: "return { ok: false, code: 'not-possible', text: `This could not be stored",
    to: 'return { ok: true, text: `This could not be stored',
  },
  'no result counts': {
    file: 'src/claude/outcome.ts',
    from: "return ended.exitCode === 0 ? 'no-result' : 'crashed'",
    to: "return ended.exitCode === 0 ? 'done' : 'crashed'",
  },
  'children stay': {
    file: 'src/claude/process.ts',
    from: 'await killTree(tree, { graceMs: LEFTOVER_GRACE_MS })',
    to: '{ killed: [], survivors: [] }',
  },
  'holds go by the wall clock': {
    file: 'src/daemon/asking.ts',
    from: 'entry.timer = setTimeout(() => void park(entry).catch(ports.onError), Math.min(holdMs, 2 ** 31 - 1))',
    to: `const since = Date.now()
      entry.timer = setInterval(() => Date.now() - since > holdMs && void park(entry).catch(ports.onError), 100)`,
  },
} as const

export type Break = keyof typeof BREAKS

/** The variable that tells a program under test what is broken in it. */
export const BREAK_VARIABLE = 'BATON_FAULTS_BREAK'

/** Arguments for node and environment of a program in which `breaks` is broken. */
export function brokenBy(breaks: Break | undefined): { args: string[]; env: Record<string, string> } {
  if (breaks === undefined) return { args: [], env: {} }
  return { args: ['--import', pathToFileURL(import.meta.filename).href], env: { [BREAK_VARIABLE]: breaks } }
}

const named = process.env[BREAK_VARIABLE]
if (named !== undefined) breakSource(named)

/** Changes the source of one file as it is loaded. */
function breakSource(name: string): void {
  const change = BREAKS[name as Break]
  if (!change) throw new Error(`There is no break called “${name}”`)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (!url.endsWith(`/${change.file}`)) return loaded
      const source = String(loaded.source)
      if (!source.includes(change.from)) throw new Error(`${change.file} has no “${change.from}” to break any more`)
      return { ...loaded, source: source.replace(change.from, change.to) }
    },
  })
}
