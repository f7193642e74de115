import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { dialogue } from '../../src/init/dialogue.ts'

function talk(typed: string) {
  const input = new PassThrough()
  input.end(typed)
  return dialogue(input, new PassThrough())
}

test('lines that came before their question answer it, and after the last one there is no consent', async () => {
  const { ask, confirm, interrupted, close } = talk('one\n  two  \n\n')
  expect([await ask('a?'), await ask('b?'), await confirm('c?', true)]).toEqual(['one', 'two', true])
  expect([await confirm('d?', true), await ask('e?')]).toEqual([false, undefined])
  expect(interrupted()).toBe(false)
  close()
})

test('only a yes is a yes', async () => {
  const { confirm } = talk('y\nYES\nn\nyesterday\n')
  const answers = []
  for (let turn = 0; turn < 4; turn++) answers.push(await confirm('?', true))
  expect(answers).toEqual([true, true, false, false])
})
