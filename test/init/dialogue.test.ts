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

test('on a terminal no word of what is said is broken', () => {
  let written = ''
  const output = Object.assign(new PassThrough(), { columns: 30 })
  output.on('data', (chunk: Buffer) => (written += chunk))
  const input = new PassThrough()
  const { say, close } = dialogue(input, output)
  say('To get your own bot, open @BotFather in Telegram.\n  baton start')
  close()
  expect(written).toBe('To get your own bot, open\n@BotFather in Telegram.\n  baton start\n')
})

test('only a yes is a yes', async () => {
  const { confirm } = talk('y\nYES\nn\nyesterday\n')
  const answers = []
  for (let turn = 0; turn < 4; turn++) answers.push(await confirm('?', true))
  expect(answers).toEqual([true, true, false, false])
})
