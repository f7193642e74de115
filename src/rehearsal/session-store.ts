import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Directive } from './directives.ts'

/** What survives the end of the agent's process, as Claude's transcripts do. */
export interface RehearsalSession {
  id: string
  title: string
  steps: Directive[]
  /** The first step that is not over. */
  next: number
  /** What was done, in words for the closing summary. */
  done: string[]
  costUsd: number
  /** A question that was kept for later. */
  deferred?: { id: string; input: unknown; count: number }
  /** Calls that nobody allowed or denied, because nobody was there any more: to Claude they look refused. */
  refused?: Directive[]
  /** Calls that were denied, as Claude's result lists them. */
  denied?: object[]
  /** Epoch milliseconds until which the usage limit holds. */
  limitUntil?: number
}

export interface SessionStore {
  load: (id: string) => RehearsalSession | undefined
  save: (session: RehearsalSession) => void
}

/** Keeps sessions as files under `CLAUDE_CONFIG_DIR`, as Claude does, else in a folder of the user's under the temporary one. */
export function openSessionStore(env: NodeJS.ProcessEnv): SessionStore {
  const root = env.CLAUDE_CONFIG_DIR ?? join(tmpdir(), `baton-rehearsal-${userInfo().uid}`)
  const folder = join(root, 'rehearsal-sessions')
  const fileOf = (id: string): string => join(folder, `${id.replace(/[^\w-]/g, '_')}.json`)
  return {
    load: (id) => {
      try {
        return JSON.parse(readFileSync(fileOf(id), 'utf8')) as RehearsalSession
      } catch {
        return undefined
      }
    },
    save: (session) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const file = fileOf(session.id)
      // A kill in between leaves the old session, never half of one.
      writeFileSync(`${file}.new`, JSON.stringify(session))
      renameSync(`${file}.new`, file)
    },
  }
}
