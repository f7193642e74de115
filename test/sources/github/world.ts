import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Rounds } from '../../../src/github/rounds.ts'
import type { GitHubServer } from '../../support/github/server.ts'
import type { RepoHands } from '../../support/github/world.ts'
import { createHome, type Home, type OpenHome } from '../../support/home.ts'

/** A home whose project is a clone of a repository on the stand-in, with the rehearsal agent. */
export interface IssueWorld {
  server: GitHubServer
  repo: RepoHands
  home: Home
  token: string
  /** Opens Baton; again after a `stop`, it is a restart. */
  open: (more?: { config?: string; begin?: boolean }) => Promise<OpenBaton>
  close: () => Promise<void>
}

export interface OpenBaton extends OpenHome {
  rounds: Rounds
  notes: string[]
  /** Rounds until nothing is under way but what waits for somebody. */
  settle: () => Promise<void>
}

let count = 0

export function issueWorld(server: GitHubServer, config = '', github = ''): IssueWorld {
  const name = `acme/app${++count}`
  const repo = server.repo(name, {
    people: { wendy: 'write', tom: 'triage', rita: 'read', 'baton-bot': 'write' },
    files: { 'README.md': '# App\n' },
  })
  const token = server.token('baton-bot')
  const home = createHome('', `project: work\ntasks: tasks/*.md\n${config}github:\n  repo: ${name}\n${github}`)
  mkdirSync(join(home.dir, 'work'))
  home.git('clone', '-q', repo.row.gitDir, 'work')
  let opened: OpenBaton | undefined
  return {
    ...{ server, repo, home, token },
    async open({ begin = true } = {}) {
      const baton = await home.open({
        begin,
        gitHub: { token, apiUrl: server.apiUrl, version: '0.0.0', spaced: false },
      })
      const notes: string[] = []
      const rounds = await (baton.gitHub.get('main') as NonNullable<ReturnType<typeof baton.gitHub.get>>).rounds({
        api: baton.runner.api,
        note: (text) => notes.push(text),
        spent: (usd) => baton.runner.spent('main', usd),
        onError: (error) => baton.errors.push(error),
      })
      opened = {
        ...baton,
        rounds,
        notes,
        async settle() {
          await rounds.once()
          await baton.rest()
          await rounds.once()
        },
      }
      return opened
    },
    async close() {
      await opened?.runner.stop()
      home.remove()
    },
  }
}
