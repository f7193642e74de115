import { DatabaseSync } from 'node:sqlite'
import { openGitHub } from '../../../src/github/client.ts'
import type { GitHubState } from '../../../src/github/state.ts'
import { createGitHubState } from '../../../src/store/github-state.ts'
import { MIGRATIONS } from '../../../src/store/migrations.ts'
import { defineOldActors } from '../../../src/store/old-actors.ts'
import type { GitHubServer } from './server.ts'

/** The tables of a fresh store, in memory. */
export function freshDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  defineOldActors(db)
  for (const migration of MIGRATIONS) db.exec(migration)
  return db
}

/** A client of the stand-in, over the tables of a store. A second one over the same tables is a restart. */
export function clientOf(
  server: GitHubServer,
  given: { token: string; repo?: string; db?: DatabaseSync; spaced?: boolean; now?: () => number },
) {
  const repo = given.repo ?? 'acme/app'
  const db = given.db ?? freshDatabase()
  const now = given.now ?? server.world.now
  const state: GitHubState = createGitHubState(db, repo, now)
  const github = openGitHub({
    ...{ repo, token: given.token, apiUrl: server.apiUrl, version: '0.0.0', state, now },
    spaced: given.spaced ?? false,
  })
  return { github, state, db }
}
