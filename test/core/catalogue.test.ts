import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandsPage, withCommands } from '../../scripts/command-tables.ts'
import { handlerOf } from '../../src/chat/commands/table.ts'
import { botCommands, renderHelp } from '../../src/chat/render/help.ts'
import { readArgv } from '../../src/commands/argv/read-argv.ts'
import {
  argumentsOn,
  CATALOGUE,
  type CommandEntry,
  type CommandSurface,
  commandNamed,
  commandsOn,
} from '../../src/core/commands/catalogue.ts'
import { commandOf, readArguments } from '../../src/core/commands/read-command.ts'
import type { Actor } from '../../src/core/types.ts'
import { type CommandAnswers, createResolveCommand } from '../../src/daemon/commands/resolve-command.ts'
import { commandBodyOf } from '../../src/http/schemas/commands.ts'
import { readTyped, typedHelp } from '../../src/terminal/talk/typed.ts'
import { ANNA } from './house.ts'

const WHOAMI: CommandEntry = {
  name: 'whoami',
  help: 'Who you are to Baton',
  does: 'read',
  about: 'nothing',
  on: ['chat', 'argv', 'http', 'typed'],
  arguments: [],
  example: 'whoami',
}
const more = [...CATALOGUE, WHOAMI]
const command = { type: 'whoami' }

describe('a command is one entry and one handler', () => {
  it('stands in the menu and the help of a chat, and is submitted from there', () => {
    expect(botCommands(more)).toContainEqual({ command: 'whoami', description: 'Who you are to Baton' })
    expect(JSON.stringify(renderHelp(more))).toContain('/whoami – Who you are to Baton')
    expect(handlerOf('whoami', more)).toBeTypeOf('function')
    expect(handlerOf('whoami')).toBeUndefined()
  })

  it('is a subcommand with its help and example', () => {
    expect(readArgv(['whoami'], '1', more).call).toEqual({ do: 'command', command, yes: false, json: false })
    expect(readArgv(['--help'], '1', more).call).toMatchObject({
      text: expect.stringContaining('who you are to Baton'),
    })
    expect(readArgv(['whoami', '--help'], '1', more).call).toMatchObject({
      text: expect.stringContaining('$ baton whoami'),
    })
    expect(() => readArgv(['whoami'], '1')).toThrow()
  })

  it('can be typed beside the work', () => {
    expect(readTyped('whoami', { catalogue: more })).toEqual({ command })
    expect(typedHelp(more).join('\n')).toContain('who you are to Baton')
    expect(readTyped('whoami')).toHaveProperty('remark')
  })

  it('is taken by the route of commands', () => {
    expect(commandBodyOf(more).parse({ command: 'whoami' })).toEqual({ command: 'whoami' })
    expect(commandBodyOf().safeParse({ command: 'whoami' }).success).toBe(false)
  })

  it('stands in the README and in docs/commands.md', () => {
    expect(withCommands('<!-- commands -->\n<!-- /commands -->', more)).toContain(
      '| `/whoami` | Who you are to Baton |',
    )
    expect(commandsPage(more)).toContain('| `whoami` | Who you are to Baton | yes | yes | yes | yes |  |')
    expect(commandsPage()).not.toContain('whoami')
  })

  it('is answered by its handler', async () => {
    const never = () => Promise.reject(new Error('unexpected'))
    const whoami = async (_command: unknown, by: Actor) => ({ ok: true, text: by.id })
    const answers: CommandAnswers = {
      undo: never,
      land: never,
      worktree: never,
      github: never,
      session: never,
      ...{ whoami },
    }
    const resolve = createResolveCommand({
      now: Date.now,
      plan: never,
      add: never,
      newRunId: () => 'r',
      taskFiles: async () => [],
      answers,
    })
    expect(await resolve({ command: commandOf(WHOAMI, {}), by: ANNA }, 1)).toEqual({
      reply: { ok: true, text: ANNA.id },
    })
  })
})

const entry = (surface: CommandSurface, name: string) => commandNamed(surface, name) as CommandEntry
const heard = (surface: CommandSurface, name: string, given: string | string[]) =>
  commandOf(entry(surface, name), readArguments(entry(surface, name), surface, given).fields)

describe('words become commands', () => {
  it.each([
    ['chat', 'skip', '#3 because', { type: 'skip', task: 3, why: 'because' }],
    ['typed', 'skip', 'because', { type: 'skip', why: 'because' }],
    ['chat', 'say', '3 tests fail', { type: 'say', text: '3 tests fail' }],
    ['argv', 'say', ['3', 'tests fail'], { type: 'say', task: 3, text: 'tests fail' }],
    ['argv', 'say', ['3 tests fail'], { type: 'say', text: '3 tests fail' }],
    ['argv', 'answer', ['3'], { type: 'words', target: {}, text: '3' }],
    ['argv', 'reject', ['3'], { type: 'reject', target: { task: 3 } }],
    ['chat', 'pause', '— after the task', { type: 'pause', afterTask: true }],
    ['chat', 'pause', 'afterwards', { type: 'pause' }],
    ['chat', 'move', '5 before #3', { type: 'move', task: 5, before: 3 }],
    ['typed', 'move', '5 3', { type: 'move', task: 5, before: 3 }],
    ['argv', 'move', ['5', 'before', '3'], { type: 'move', task: 5, before: 3 }],
    ['argv', 'move', ['5', 'last'], { type: 'move', task: 5, before: 'end' }],
    ['chat', 'move', '5 first', { type: 'move', task: 5 }],
    ['chat', 'move', '5', { type: 'move', task: 5 }],
    ['chat', 'stop', 'it is late', { type: 'stop', why: 'it is late' }],
  ] as const)('%s: %s %j', (surface, name, given, wanted) => {
    expect(heard(surface, name, typeof given === 'string' ? given : [...given])).toEqual(wanted)
  })

  it('loses no word, on any surface, whatever is written', () => {
    const surfaces = fc.constantFrom<CommandSurface>('chat', 'argv', 'typed')
    const word = fc.oneof(fc.constantFrom('3', '#4', 'after', 'because'), fc.stringMatching(/^[^\s0]{1,8}$/))
    fc.assert(
      fc.property(surfaces, fc.nat(), fc.array(word, { maxLength: 6 }), (surface, place, words) => {
        const all = commandsOn(surface)
        const one = all[place % all.length] as CommandEntry
        const read = readArguments(one, surface, surface === 'argv' ? words : words.join(' '))
        const kept = [...Object.values(read.fields), read.leftOver].join('').replace(/\s/g, '')
        const said = words.join('')
        const hasFlag = argumentsOn(one, surface).some(({ is }) => is === 'flag' || is === 'place')
        if (!hasFlag) expect(kept).toBe('task' in read.fields ? said.replace(/^#/, '') : said)
        if (Object.keys(read.fields).length === 0) expect(read.leftOver).toBe(words.join(' '))
      }),
    )
  })

  it('names every command once', () => {
    const names = CATALOGUE.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
