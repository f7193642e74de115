import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { listenForInterrupts } from '../../src/commands/shell/interrupts.ts'

type Source = NonNullable<Parameters<typeof listenForInterrupts>[1]>

it('takes one more interrupt while the program is leaving for the same end, and leaves others alone', () => {
  const source = new EventEmitter()
  const codes: number[] = []
  let now = 0
  const listen = () =>
    listenForInterrupts(
      () => now,
      source as unknown as Source,
      (code) => codes.push(code),
    )

  listen().close()
  expect(source.listenerCount('SIGINT')).toBe(0)

  const interrupts = listen()
  let first = 0
  interrupts.onFirst(() => first++)
  source.emit('SIGINT')
  interrupts.close()
  source.emit('SIGINT')
  expect(codes).toEqual([])
  now = 1_000
  source.emit('SIGINT')
  expect({ first, codes }).toEqual({ first: 1, codes: [130] })
})
