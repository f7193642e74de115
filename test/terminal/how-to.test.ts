import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CATALOGUE } from '../../src/core/commands/catalogue.ts'
import { naming, toGive } from '../../src/core/commands/naming.ts'
import { callName, replyText } from '../../src/terminal/show/how-to.ts'

const CORE = join(import.meta.dirname, '../../src/core')

it('writes the commands of a reply as they are given in this terminal', () => {
  const reply = naming`2 tasks are running; say which one, as in ${toGive('skip', 1)}:\n1: Fix the /status page`
  expect(reply.text).toBe('2 tasks are running; say which one, as in /skip 1:\n1: Fix the /status page')
  const shown = (home?: string) => replyText(reply, callName({}, home)).split('\n')
  expect(shown()).toEqual(['2 tasks are running; say which one, as in baton skip 1:', '1: Fix the /status page'])
  expect(shown('/a b')[0]).toContain('as in baton --home "/a b" skip 1:')
  const paused = { ...naming`Paused. ${toGive('resume')} to continue.` }
  expect(replyText(paused, callName({ npm_lifecycle_event: 'x' }))).toBe('Paused. npm run baton -- resume to continue.')
  const taken = naming`It is taken. ${naming`Hand it back first: ${toGive('release', 3)}.`}`
  expect(replyText(taken, callName({}))).toBe('It is taken. Hand it back first: baton release 3.')
})

it('starts a file by the command that does so in a terminal', () => {
  const reply = naming`Use ${toGive('start', 'tasks/my own.md')} to queue what is left.`
  expect(reply.text).toBe('Use /start tasks/my own.md to queue what is left.')
  expect(replyText(reply, callName({}))).toBe('Use baton tasks "tasks/my own.md" to queue what is left.')
})

it('finds no command of a chat written out in what the core says', () => {
  const names = CATALOGUE.map(({ name }) => name).join('|')
  const written = new RegExp(`['"\`\\s(]/(${names}|\\$\\{)(?![\\w/-])[^\n]*`, 'g')
  const files = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const found = files.flatMap((name) =>
    readFileSync(join(CORE, name), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\*|\/[/*])/.test(line))
      .flatMap((line) => (line.match(written) ?? []).map(() => `${name}: ${line.trim()}`)),
  )
  // How a chat says it, in one place; the terminal has words of its own for the end of a run.
  expect(found.filter((one) => !one.includes('const IN_CHATS'))).toEqual([])
})
