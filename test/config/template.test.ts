import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allKeys } from '../../src/config/keys-all.ts'
import { rowsOf } from '../../src/config/rows.ts'
import { configTable } from '../../src/config/table.ts'
import { configTemplate } from '../../src/config/template.ts'
import { goodConfig, read } from './home.ts'

const repository = new URL('../../', import.meta.url)

/** Takes the `#` away from keys and leaves the words, which have one space after it. */
const uncommented = (template: string): string => template.replace(/^#(?! \S)/gm, '')

test('the config.yaml of this repository is the generated one', () => {
  expect(readFileSync(new URL('config.yaml', repository), 'utf8')).toBe(configTemplate())
})

test('it sets nothing as it is, and every key of it is right when taken in', async () => {
  const env = {
    N8N_URL: 'https://n8n.example/webhook/x',
    HEARTBEAT_URL: 'https://hc.example/ping/4711',
    NOTIFY_SECRET: 'a secret of some length',
    SLACK_BOT_TOKEN: 'xoxb-of-a-test',
    SLACK_APP_TOKEN: 'xapp-of-a-test',
  }
  expect(await read({ config: configTemplate() })).toMatchObject({ warnings: [] })
  const result = await goodConfig(uncommented(configTemplate()), env)
  expect(result.warnings.map(({ message }) => message)).toEqual([
    '`project` is not used together with `projects`',
    '`tasks` is not used together with `projects`',
    '`github.repo` is not used together with `projects`',
    '`jira.project` is not used together with `projects`',
    // Its example of a channel comes without people.
    'nobody may use Baton on Slack yet',
  ])
  expect(result.config.projects.map(({ name }) => name)).toEqual(['web', 'api'])
})

test('the defaults that it shows are the defaults that hold', async () => {
  const shown = rowsOf(allKeys).filter(({ name, initial }) => initial !== undefined && !/[[<]/.test(name))
  const lines = shown.map(({ name, initial }) => {
    const [last = '', ...groups] = name.split('.').reverse()
    return `${groups
      .reverse()
      .map((group) => `{${group}: `)
      .join('')}{${last}: ${initial}}${'}'.repeat(groups.length)}`
  })
  const { config: expected } = await goodConfig('')
  for (const line of lines) {
    const { config } = await goodConfig(line)
    expect({ ...config, home: '', configFile: '', stateDir: '', logsDir: '', projects: [] }, line).toEqual({
      ...expected,
      home: '',
      configFile: '',
      stateDir: '',
      logsDir: '',
      projects: [],
    })
    // Where the home of a test is says nothing about the defaults.
    const placeless = ([project]: typeof config.projects) => ({
      ...project,
      path: '',
      worktree: { ...project.worktree, dir: '' },
    })
    expect(placeless(config.projects), line).toEqual(placeless(expected.projects))
  }
})

test('the table has a row for every key, each with four cells', () => {
  const rows = configTable().trimEnd().split('\n').slice(2)
  expect(rows).toHaveLength(rowsOf(allKeys).length)
  for (const row of rows) expect(row.match(/(?<!\\)\|/g), row).toHaveLength(5)
  expect(configTable()).toContain('| `claude.hold` |')
  expect(configTable()).toContain('| `projects.<name>.path` |')
  expect(configTable()).not.toContain('projects.<name>.retries')
})
