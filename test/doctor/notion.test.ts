import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { checkNotion } from '../../src/doctor/notion.ts'
import { createHome } from '../support/home.ts'
import { type NotionServer, startNotion } from '../support/notion/server.ts'

let server: NotionServer
beforeEach(async () => {
  server = await startNotion()
})
afterEach(() => server.close())

async function look(more = '', token = server.token) {
  const home = createHome('', `notion:\n  database: ${server.database}\n${more}`)
  home.write('.env', `NOTION_TOKEN=${token}\nNOTION_API_URL=${server.apiUrl}\n`)
  const read = await readConfig({ home: home.dir, env: {} })
  home.remove()
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  return checkNotion(read.config, read.secrets)
}

const THREE =
  '  properties:\n    Name: {type: title, source: title}\n    ID: {type: rich_text, source: id}\n    Cost: {type: number, source: run.cost_usd}\n'

test('what the table lacks is made, once', async () => {
  expect(await look(THREE)).toMatchObject([{ status: 'ok', detail: '3 properties, 3 of them made just now' }])
  expect(await look(THREE)).toMatchObject([{ status: 'ok', detail: '3 properties' }])
  expect(Object.fromEntries(server.schema)).toMatchObject({
    Name: { type: 'title' },
    ID: { type: 'rich_text' },
    Cost: { type: 'number' },
  })
})

test('a property of another type is told, and left as it is', async () => {
  server.schema.set('Cost', { id: 'c', type: 'select' })
  expect(await look(THREE)).toMatchObject([
    { status: 'fail', detail: '"Cost" is of the type select, and the configuration says number' },
  ])
  expect(server.schema.get('Cost')?.type).toBe('select')
})

test('a wrong token, and one that is missing, are told with what to do', async () => {
  expect(await look('', 'ntn_wrong')).toMatchObject([{ status: 'fail', detail: expect.stringContaining('API token') }])
  expect(await look('', '')).toMatchObject([{ status: 'fail', todo: expect.stringContaining('.env') }])
})
