import { expect, test } from 'vitest'
import type { Heard } from '../../src/slack/heard.ts'
import { readHeard } from '../../src/slack/read-heard.ts'

const HOME = { botUser: 'UBATON', channel: 'C1' }
const read = (heard: Heard) => {
  const { deed } = readHeard(heard, HOME) ?? {}
  return deed?.kind === 'words' ? [deed.text, deed.isOverheard !== true] : deed
}
const written = (text: string, isDirect = false) =>
  read({ kind: 'message', channel: isDirect ? 'D1' : 'C1', isDirect, ts: '1.1', user: 'UANNA', text })

test.each([
  ['<@UBATON> status', '/status', true],
  ['<@UBATON> Skip 3 not now', '/skip 3 not now', true],
  ['<@UBATON>', '/help', true],
  ['<@UBATON> !statsu', '/statsu', true],
  ['<@UBATON> make it blue', 'make it blue', true],
  ['!approve 3', '/approve 3', true],
  ['!important', '!important', false],
  ['status of the world?', 'status of the world?', false],
])('in the channel, %s', (text, words, isMeant) => {
  expect(written(text)).toEqual([words, isMeant])
})

test.each([
  ['status', '/status'],
  ['stop', 'stop'],
  ['skip the header', 'skip the header'],
  ['!stop', '/stop'],
  ['!statsu', '/statsu'],
])('in somebody’s own chat with it, %s', (text, words) => {
  expect(written(text, true)).toEqual([words, true])
})

// Nobody sees what followed /baton: words on which nothing can hang are none that can be asked about.
test.each([
  ['status', '/status'],
  ['Approve 3', '/approve 3'],
  ['!status', '/status'],
  ['', '/help'],
  ['statsu', '/statsu'],
  ['fix the footer', '/fix the footer'],
  ['Füge das hinzu', '/help'],
])('/baton %s', (text, words) => {
  expect(read({ kind: 'command', channel: 'C1', user: 'UANNA', text, triggerId: 't', at: '1.1' })).toEqual([
    words,
    true,
  ])
})
