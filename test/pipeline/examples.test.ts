import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { readPipelines } from '../../src/pipeline/read-pipelines.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples/pipelines')
const SECRETS = { HEROKU_API_KEY: 'h', KAMAL_REGISTRY_PASSWORD: 'k', FLY_API_TOKEN: 'f', DEPLOY_KEY: 'd' }

async function problemsOf(home: string) {
  const read = await readConfig({ home, env: SECRETS })
  if ('problems' in read) return read.problems
  const pipelines = read.config.projects.find(({ name }) => name === 'pipelines')?.pipelines
  if (!pipelines) throw new Error(`${home} has no pipelines`)
  const found = readPipelines(pipelines, { home, roles: Object.keys(read.config.roles) })
  return [...read.warnings, ...found.problems]
}

describe('the examples', () => {
  it.each(readdirSync(EXAMPLES))('%s has nothing that check complains about', async (name) => {
    expect(await problemsOf(join(EXAMPLES, name))).toEqual([])
  })

  it('show the pipeline and the configuration of the page about pipelines', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/pipelines.md'), 'utf8')
    const blocks = [...page.matchAll(/```(?:markdown|yaml)\n([\s\S]*?)\n```/g)].map(([, text]) => text ?? '')
    const [pipeline = '', config = ''] = blocks
    const home = mkdtempSync(join(tmpdir(), 'baton-page-'))
    try {
      mkdirSync(join(home, 'pipelines'))
      writeFileSync(join(home, 'pipelines/ship.md'), pipeline)
      writeFileSync(join(home, 'config.yaml'), config)
      expect(await problemsOf(home)).toEqual([])
    } finally {
      rmSync(home, { recursive: true })
    }
    // Four steps are set up in 20 lines.
    expect(pipeline.match(/^## /gm)).toHaveLength(4)
    expect(`${pipeline}\n${config}`.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(20)
  })
})
