import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claudeEnvironment } from '../../src/claude/process/environment.ts'

const SECRETS = [
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_ALLOWED_USERS',
  'TELEGRAM_API_ROOT',
  'WEBHOOK_SECRET',
  'API_TOKEN',
  'GITHUB_TOKEN',
  'GITHUB_WEBHOOK_SECRET',
  'GITHUB_API_URL',
  'GH_TOKEN',
]

describe('the environment of claude', () => {
  it('holds what a program needs and what Claude logs in with', () => {
    const parent = {
      PATH: '/usr/bin',
      HOME: '/home/anna',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'C',
      HTTPS_PROXY: 'http://proxy:3128',
      ANTHROPIC_API_KEY: 'sk-ant-x',
      CLAUDE_CONFIG_DIR: '/home/anna/.claude-work',
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_PROFILE: 'work',
    }
    expect(claudeEnvironment(parent)).toEqual({ ...parent, CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' })
  })

  it('holds nothing of a Claude that Baton was started from', () => {
    const parent = {
      CLAUDECODE: '1',
      CLAUDE_CODE_CHILD_SESSION: '1',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      CLAUDE_CODE_RESUME_INTERRUPTED_TURN: '1',
      NODE_OPTIONS: '--inspect',
    }
    expect(claudeEnvironment(parent)).toEqual({ CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' })
  })

  it('passes what the configuration names', () => {
    expect(claudeEnvironment({ DATABASE_URL: 'postgres://', OTHER: 'x' }, ['DATABASE_URL', 'ABSENT'])).toEqual({
      DATABASE_URL: 'postgres://',
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    })
  })

  it('never passes a secret of Baton’s, even when the configuration names it', () => {
    const parent = Object.fromEntries([...SECRETS, 'MY_SECRET'].map((name) => [name, 'planted']))
    const env = claudeEnvironment(parent, [...SECRETS, 'MY_SECRET'], ['MY_SECRET'])
    expect(env).toEqual({ CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' })
  })

  it('passes nothing that is not on the list', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^X[A-Z_]{1,12}$/), fc.string()), (parent) => {
        const passed = Object.keys(claudeEnvironment(parent)).filter((name) => !name.startsWith('XDG_'))
        expect(passed).toEqual(['CLAUDE_CODE_DISABLE_BACKGROUND_TASKS'])
      }),
    )
  })

  it('takes the folders that npm put in front off PATH again', () => {
    const env = claudeEnvironment({
      npm_package_json: '/opt/baton/package.json',
      PATH: [
        '/opt/baton/node_modules/.bin',
        '/opt/node_modules/.bin',
        '/node_modules/.bin',
        '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin',
        '/home/anna/web/node_modules/.bin',
        '/usr/bin',
      ].join(':'),
    })
    expect(env.PATH).toBe('/home/anna/web/node_modules/.bin:/usr/bin')
  })

  it('leaves PATH alone when npm did not start Baton', () => {
    const PATH = '/opt/baton/node_modules/.bin:/usr/bin'
    expect(claudeEnvironment({ PATH }).PATH).toBe(PATH)
  })
})
