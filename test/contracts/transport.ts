import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeTap } from '../../src/chat/callback.ts'
import type { Button, ShownMessage } from '../../src/chat/message.ts'
import { CLOSED_UNITS } from '../../src/chat/render/compose.ts'
import { type CallKind, isBefore, type MessageRef, type Transport } from '../../src/chat/transport.ts'
import { toPlain } from '../../src/text/document/layout.ts'
import { bold, code, fold, italic, pre } from '../../src/text/document/nodes.ts'
import { hostileText } from '../chat/hostile.ts'

/** A message as people see it. */
export interface Seen {
  id: MessageRef
  text: string
  /** The data of its buttons, and of what can be picked from its lists. */
  data: string[]
  /** Absent where every message in a person's own chat is heard. */
  silent?: boolean
  repliesTo?: MessageRef
  document?: { name: string; content: string }
}

/**
 * What goes wrong with the next call of a kind: it never gets there · it is done and the answer is lost · the platform asks to
 * wait · it cannot read the form · the chat is closed to the bot · the bot's own access is not valid.
 */
export type Mishap = 'unreached' | 'lost' | 'busy' | 'form' | 'blocked' | 'revoked'

/** A transport with a platform behind it, and a chat with one person. */
export interface TransportWorld {
  transport: Transport
  chatId: string
  /** The person's id, as their acts carry it. */
  personId: string
  /** Others read along there. */
  sharedChatId: string
  seen: () => readonly Seen[]
  fail: (mishap: Mishap, kind: Exclude<CallKind, 'document' | 'delete'>) => void | Promise<void>
  /** The person takes a message away. */
  removes: (id: MessageRef) => void
  /** The person taps the button with this data; what they were told comes back. */
  tap: (id: MessageRef, data: string) => { tapId: string; answer: () => Promise<string | undefined> }
  /** The form that the person sees after this tap, where the platform has forms. */
  form?: (tapId: string) => { title: string; text: string; data: string } | undefined
  /** False: of what answers a tap only a box to be closed is shown, since nothing spins and the message itself follows. */
  showsWords?: false
  /** False: it cannot be told there whether a message makes a sound. */
  tellsSound?: false
  /** What must be in no line about a failure. */
  secret: string
  close: () => Promise<void>
}

const never = new AbortController().signal
const shown = (text: string, more: Partial<ShownMessage> = {}): ShownMessage => ({
  body: [bold(text)],
  silent: false,
  ...more,
})

/** Every transport must pass this: what is said in chats relies on it. */
export function transportContract(name: string, open: () => Promise<TransportWorld>): void {
  describe(`the transport ${name}`, () => {
    let world: TransportWorld
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())
    const send = (message: ShownMessage, replyTo?: MessageRef) =>
      world.transport.send(world.chatId, { message, ...(replyTo !== undefined && { replyTo }) }, 'full', never)
    const sound = (silent: boolean) => (world.tellsSound === false ? {} : { silent })
    const word = (text: string) => (world.showsWords === false ? undefined : text)
    const edit = (id: MessageRef, message: ShownMessage) =>
      world.transport.edit(world.chatId, id, message, 'full', never)
    /** What a call that must fail means. */
    const verdict = async (kind: CallKind, work: () => Promise<unknown>, inDoubt = false) => {
      const error = await work().then(
        () => expect.unreachable('The call did not fail'),
        (thrown: unknown) => thrown,
      )
      return world.transport.classify(error, { kind, inDoubt })
    }

    test('shows what it is sent, in order, with its sound, its buttons and what it replies to', async () => {
      const data = encodeTap({ kind: 'show', askId: 'a'.repeat(40) })
      const first = await send(shown('one', { buttons: [[{ text: 'Show', data }]] }))
      const second = await send(shown('two', { silent: true }), first)
      expect(world.seen()).toEqual([
        { id: first, text: 'one', data: [data], ...sound(false) },
        { id: second, text: 'two', data: [], ...sound(true), repliesTo: first },
      ])
      expect([isBefore(first, second), isBefore(second, first)]).toEqual([true, false])
    })

    test('takes the longest message that there can be, and the longest button', async () => {
      const long = [italic('head'), '\n\n', fold('x'.repeat(CLOSED_UNITS - 6 - 12)), pre('tail', 'bash')]
      const message = shown('', { body: long, buttons: [[{ text: 'y'.repeat(60), data: 'z'.repeat(64) }]] })
      expect(toPlain(long).length).toBeLessThanOrEqual(world.transport.limits.textUnits)
      const id = await send(message)
      const [seen] = world.seen()
      expect(seen).toMatchObject({ id, data: ['z'.repeat(64)] })
      expect(seen?.text.replace(/\s/g, '')).toBe(toPlain(long).replace(/\s/g, ''))
    })

    test('formats whatever is said, in every form, without failing and always in the same way', () => {
      fc.assert(
        fc.property(fc.array(hostileText(), { minLength: 3, maxLength: 3 }), ([a = '', b = '', c = '']) => {
          const message = shown('', { body: [bold(a), code(b), '\n', pre(c, b), fold(a, italic(c))] })
          for (const form of ['full', 'plain', 'bare'] as const) {
            const formatted = JSON.stringify(world.transport.format(message, form))
            expect(JSON.stringify(world.transport.format(message, form))).toBe(formatted)
          }
        }),
        { numRuns: 50 },
      )
    })

    test('shows words as words, whatever they look like', async () => {
      const words = '<b>&amp; *x* _y_ `z` <!channel> @everyone [a](http://b.example) \\ ~q~ || s || <@U1>'
      await send(shown('', { body: [words] }))
      expect(world.seen()[0]?.text).toBe(words)
    })

    test('makes a message show something else, as often as it is told, and takes its buttons away', async () => {
      const id = await send(shown('asked', { buttons: [[{ text: 'Yes', data: 'a:approve' }]] }))
      const decided = shown('decided')
      await edit(id, decided)
      // The second time changes nothing, which is as it should be.
      await edit(id, decided).catch((error: unknown) => {
        expect(world.transport.classify(error, { kind: 'edit', inDoubt: false })).toEqual({ kind: 'done' })
      })
      expect(world.seen()).toEqual([{ id, text: 'decided', data: [], ...sound(false) }])
    })

    test('says that a message is gone, and deletes one', async () => {
      const id = await send(shown('here'))
      const other = await send(shown('stays'))
      await world.transport.delete(world.chatId, id, never)
      expect(world.seen().map((one) => one.id)).toEqual([other])
      expect(await verdict('edit', () => edit(id, shown('x')))).toMatchObject({ kind: 'drop', reason: 'gone' })
      world.removes(other)
      expect(await verdict('edit', () => edit(other, shown('x')))).toMatchObject({ kind: 'drop', reason: 'gone' })
      expect(await verdict('delete', () => world.transport.delete(world.chatId, id, never))).toMatchObject({
        kind: 'drop',
        reason: 'gone',
      })
    })

    test('brings a document byte for byte, with its name', async () => {
      const document = { name: 'task-3.md', content: 'Größe ✓\n\t<b>\r\n' }
      const id = await world.transport.send(world.chatId, { document, caption: 'whole' }, 'full', never)
      expect(world.seen()).toMatchObject([{ id, text: 'whole', document }])
    })

    test('knows what never got there from what may have', async () => {
      await world.fail('unreached', 'send')
      expect(await verdict('send', () => send(shown('a')))).toMatchObject({ kind: 'again', inDoubt: false })
      await world.fail('unreached', 'send')
      // That an earlier try may have arrived is not forgotten.
      expect(await verdict('send', () => send(shown('a')), true)).toMatchObject({ kind: 'again', inDoubt: true })
      expect(world.seen()).toEqual([])
      await world.fail('lost', 'send')
      expect(await verdict('send', () => send(shown('a')))).toMatchObject({ kind: 'again', inDoubt: true })
      expect(world.seen()).toHaveLength(1)
    })

    test('has no doubt about an edit, which may be made twice', async () => {
      const id = await send(shown('a'))
      await world.fail('lost', 'edit')
      expect(await verdict('edit', () => edit(id, shown('b')))).toMatchObject({ kind: 'again', inDoubt: false })
    })

    test('waits as long as it is asked to', async () => {
      await world.fail('busy', 'send')
      const found = await verdict('send', () => send(shown('a')))
      expect(found).toMatchObject({ kind: 'again', inDoubt: false })
      expect('waitMs' in found && Number(found.waitMs)).toBeGreaterThan(0)
      expect(world.seen()).toEqual([])
    })

    test('knows a closed chat, a form that cannot be read, and that nothing can be sent at all', async () => {
      await world.fail('form', 'send')
      expect(await verdict('send', () => send(shown('a')))).toMatchObject({ kind: 'plainer' })
      await world.fail('revoked', 'send')
      expect(await verdict('send', () => send(shown('a')))).toMatchObject({ kind: 'closed' })
      await world.fail('blocked', 'send')
      expect(await verdict('send', () => send(shown('a')))).toMatchObject({ kind: 'drop', reason: 'blocked' })
    })

    test('reads whatever is thrown, and never tells a secret', () => {
      fc.assert(
        fc.property(fc.anything(), fc.constantFrom('send', 'document', 'edit', 'delete'), (thrown, kind) => {
          const error = new Error('x', { cause: { url: world.secret, thrown } })
          for (const one of [thrown, error])
            expect(world.transport.classify(one, { kind: kind as CallKind, inDoubt: false }).kind).toBe('again')
          expect(JSON.stringify(world.transport.classify(error, { kind: 'send', inDoubt: false }))).not.toContain(
            world.secret,
          )
        }),
        { numRuns: 50 },
      )
    })

    test('answers a tap, at any length, and takes no harm from one that nobody waits for', async () => {
      const id = await send(shown('asked', { buttons: [[{ text: 'Yes', data: 'a:approve' }]] }))
      const { tapId, answer } = world.tap(id, 'a:approve')
      await world.transport.answer(tapId, 'Approved')
      expect(await answer()).toBe(word('Approved'))
      const again = world.tap(id, 'a:approve')
      await world.transport.answer(again.tapId, 'long '.repeat(100), true)
      expect(await again.answer()).toMatch(/^long /)
      await world.transport.answer('unknown')
    })

    test('offers many options, each of which can be picked, and what else there is to tap', async () => {
      const options = Array.from({ length: 40 }, (_, i): Button[] => [
        { text: `${i + 1} · ${'x'.repeat(28)}`, data: `o:${i}`, isOption: true },
      ])
      const others = ['back', 'other', 'finish'].map((data): Button => ({ text: data, data }))
      const id = await send(shown('Which?', { buttons: [...options, others] }))
      const data = [...options.flat(), ...others].map((button) => button.data)
      expect(world.seen()).toMatchObject([{ id, data }])
      const { tapId, answer } = world.tap(id, 'o:39')
      await world.transport.answer(tapId, 'Picked')
      expect(await answer()).toBe(word('Picked'))
    })

    test('opens a form for own words where the platform has them, once, and not for a tap that is over', async () => {
      const { openForm } = world.transport
      expect(openForm !== undefined).toBe(world.form !== undefined)
      if (!openForm || !world.form) return
      const id = await send(shown('asked', { buttons: [[{ text: 'Other…', data: 'a:o0' }]] }))
      const { tapId } = world.tap(id, 'a:o0')
      const title = 'What should be different in the plan, and why is that so?'
      const form = { data: `other:${'a'.repeat(90)}:0`, title, body: [bold('Which'), ' <one>?'] }
      expect(await openForm(tapId, form)).toBe(true)
      const seen = world.form(tapId)
      expect(seen).toMatchObject({ data: form.data, text: expect.stringContaining('Which <one>?') })
      expect(title.startsWith(seen?.title.replace(/…$/, '') ?? '?')).toBe(true)
      expect(await openForm(tapId, form)).toBe(false)
      expect(await openForm('unknown', form)).toBe(false)
      const answered = world.tap(id, 'a:o0')
      await world.transport.answer(answered.tapId)
      expect(await openForm(answered.tapId, form)).toBe(false)
    })

    test('knows a post again whose answer was lost, or finds it, by its key', async () => {
      const { knowsKeys, findSent } = world.transport
      const since = Date.now()
      const message = { message: shown('once'), key: 'a'.repeat(24) }
      const document = { document: { name: 'once.md', content: 'Größe' }, key: 'b'.repeat(24) }
      for (const what of [message, document]) {
        const sent = await world.transport.send(world.chatId, what, 'full', never)
        if (knowsKeys) expect(await world.transport.send(world.chatId, what, 'full', never)).toBe(sent)
        if (findSent) expect(await findSent(world.chatId, what, since, never)).toBe(sent)
      }
      if (knowsKeys || findSent) expect(world.seen()).toHaveLength(2)
      const other = { message: shown('once'), key: 'c'.repeat(24) }
      if (findSent) expect(await findSent(world.chatId, other, since, never)).toBeUndefined()
      if (knowsKeys) await world.transport.send(world.chatId, other, 'full', never)
      if (knowsKeys) expect(world.seen()).toHaveLength(3)
    })

    test('makes no call any more that was called off', async () => {
      await expect(
        world.transport.send(world.chatId, { message: shown('late') }, 'full', AbortSignal.abort()),
      ).rejects.toThrow()
      expect(world.seen()).toEqual([])
    })

    test('answers when it is asked whether it does, and knows who reads along', async () => {
      await world.transport.reach(never)
      expect(world.transport.isShared(world.chatId)).toBe(false)
      expect(world.transport.isShared(world.sharedChatId)).toBe(true)
      const { isPrivateWith } = world.transport
      expect(isPrivateWith(world.chatId, world.personId)).toBe(true)
      expect(isPrivateWith(world.chatId, 'another')).toBe(false)
      expect(isPrivateWith(world.sharedChatId, world.personId)).toBe(false)
    })
  })
}
