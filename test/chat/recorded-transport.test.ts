import { toPlain } from '../../src/text/document/layout.ts'
import { transportContract } from '../contracts/transport.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'

for (const hasForms of [false, true]) {
  transportContract(hasForms ? 'recorded, with forms' : 'recorded', async () => {
    const recorded = createRecordedTransport('slack', { hasForms })
    const chatId = 'room-anna'
    return {
      transport: recorded.transport,
      chatId,
      personId: chatId,
      sharedChatId: 'group-1',
      secret: 'secret:token',
      seen: () =>
        recorded
          .seen(chatId)
          .map(({ buttons, ...message }) => ({ ...message, data: buttons.flat().map((one) => one.data) })),
      fail: (mishap, kind) => recorded.fail(mishap, kind),
      removes: (id) => recorded.removes(chatId, id),
      tap: (id) => {
        const tapId = recorded.touches(chatId, id)
        return { tapId, answer: async () => recorded.answers.find((answer) => answer.tapId === tapId)?.text }
      },
      ...(hasForms && {
        form: (tapId: string) => {
          const form = recorded.forms().get(tapId)
          return form && { title: form.title, text: toPlain(form.body), data: form.data }
        },
      }),
      close: async () => {},
    }
  })
}
