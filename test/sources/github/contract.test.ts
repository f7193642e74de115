import { afterAll, beforeAll } from 'vitest'
import { recordsIn } from '../../../src/sources/github/record.ts'
import { takeSnapshot } from '../../../src/sources/github/snapshot.ts'
import { createIssueSource } from '../../../src/sources/github/source.ts'
import { type SourceWorld, sourceContract } from '../../contracts/source.ts'
import { clientOf } from '../../support/github/client.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'

let server: GitHubServer
let count = 0
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())

/** A repository with two issues that were taken up. */
async function openIssues(): Promise<SourceWorld> {
  const name = `acme/app${++count}`
  const repo = server.repo(name, { people: { wendy: 'write', 'baton-bot': 'write' } })
  const { github, state } = clientOf(server, { repo: name, token: server.token('baton-bot') })
  const records = recordsIn(state)
  for (const title of ['First', 'Second']) {
    const { number } = repo.open('wendy', { title, body: 'Do it.' })
    const issue = await github.read('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number })
    const snapshot = await takeSnapshot(github, issue, 'ready')
    const by = { id: '1', login: 'wendy' }
    records.set(number, { stage: 'open', take: 1, labelEvent: '1', by, snapshot, branch: `feature/issue-${number}` })
  }
  const numberOf = (title: string) => (title === 'First' ? 1 : 2)
  return {
    source: createIssueSource({ github: async () => github, state, records, words: () => '' }),
    isShownAsDone: (title) => repo.said(numberOf(title), 'baton-bot').at(-1)?.startsWith('Done.') === true,
    rewrite: (title, instruction) => repo.edit(numberOf(title), { body: instruction }),
    remove: (title) => repo.remove(numberOf(title)),
    breakWriting: () => server.faults.add(/POST|PATCH/, { kind: 'forbidden' }, 100),
    close: () => server.faults.clear(),
  }
}

sourceContract('of issues', openIssues)
