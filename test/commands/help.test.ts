import { expect, it } from 'vitest'
import { readArgv } from '../../src/commands/argv/read-argv.ts'
import { ERROR_CATALOGUE as ERRORS } from '../../src/errors/catalogue.ts'

const helpOf = (...argv: string[]): string => {
  const { call } = readArgv([...argv, '--help'], '1')
  return call.do === 'print' ? call.text : ''
}
const names = [...helpOf().matchAll(/^ {2}([a-z]+)(?= |$)/gm)].map(([, name]) => name as string)

it('lists every command in a group of its kind, with examples below', () => {
  const headings = [...helpOf().matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading)
  expect(headings).toEqual(['Options', 'Run', 'Set up', 'Decide', 'Control', 'Task files', 'Inspect', 'Examples'])
  expect(names).toEqual(expect.arrayContaining(['tasks', 'approve', 'undo', 'check', 'logs', 'doctor']))
})

it('stays within 80 columns', () => {
  for (const name of ['', ...names])
    for (const line of helpOf(...(name === '' ? [] : [name])).split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

it.each(names.filter((name) => name !== 'help'))('%s has an example that it can read', (name) => {
  const examples = [...helpOf(name).matchAll(/^ {2}\$ baton (.+)$/gm)].map(([, line]) => line as string)
  expect(examples).not.toEqual([])
  for (const line of examples) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? (bare as string))
    expect(words[0]).toBe(name)
    expect(readArgv(words, '1').call.do).not.toBe('print')
  }
})

it('names the help of the command that was called wrongly', () => {
  expect(() => readArgv(['answer'], '1')).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ hint: 'See baton answer --help.' }) }),
  )
  expect(() => readArgv(['task', 'create'], '1')).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ hint: 'See baton task create --help.' }) }),
  )
  expect(() => readArgv(['tasks', '--onyl', '1'], '1')).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ hint: 'See baton tasks --help.' }) }),
  )
})

it('is named by an error that has no better next step', () => {
  expect(ERRORS.usage({ message: 'x' }).hint).toBe('See baton --help.')
})
