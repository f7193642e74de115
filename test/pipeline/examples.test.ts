import { readdirSync, readFileSync } from 'node:fs'
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
    // What is set up is at most these lines.
    expect(
      blocks
        .slice(0, 2)
        .join('\n')
        .split('\n')
        .filter((line) => line.trim() !== '').length,
    ).toBeLessThanOrEqual(22)
  })
})
