import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { checkJira } from '../../src/doctor/jira.ts'
import { createHome } from '../support/home.ts'
import { type JiraServer, startJira } from '../support/jira/server.ts'

let server: JiraServer
beforeAll(async () => {
  server = await startJira()
})
afterAll(() => server.close())
afterEach(() => server.clear())

async function look(jira: string, env: Partial<Record<'JIRA_URL' | 'JIRA_EMAIL' | 'JIRA_TOKEN', string>> = {}) {
  const home = createHome('', `jira: ${jira}\n`)
  const { url, email, token } = server.login
  const all = { JIRA_URL: url, JIRA_EMAIL: email, JIRA_TOKEN: token, ...env }
  home.write(
    '.env',
    Object.entries(all)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  const read = await readConfig({ home: home.dir, env: {} })
  home.remove()
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  return checkJira(read.config.projects[0], read.secrets, { alone: true })
}

const WELL = '{project: BAT, reporters: [account-of-anna]}'

test('all is well: who, where, and how many tickets there are', async () => {
  server.world.create('one')
  expect(await look(WELL)).toMatchObject([
    { name: 'jira', status: 'ok', detail: 'Baton in BAT (Baton); the query finds 1 open now' },
  ])
})

test.each([
  ['no token', WELL, { JIRA_TOKEN: '' }, 'JIRA_TOKEN missing', 'Set JIRA_TOKEN in .env'],
  ['a wrong token', WELL, { JIRA_TOKEN: 'wrong-token-of-nobody' }, 'with 401', 'JIRA_TOKEN in .env'],
  ['another project', '{project: NOPE, reporters: [x]}', {}, 'No project could be found', 'Check jira.project'],
  ['a query of nothing', '{project: BAT, jql: oops = 1, reporters: [x]}', {}, 'Error in the JQL', 'Check jira.jql'],
  ['nobody listed', '{project: BAT}', {}, 'jira.reporters is empty', 'List the account ids'],
])('%s is told, with what to do', async (_, jira, env, detail, todo) => {
  expect(await look(jira, env)).toMatchObject([
    { status: 'fail', detail: expect.stringContaining(detail), todo: expect.stringContaining(todo) },
  ])
})
