import { transportContract } from '../contracts/transport.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'

transportContract('recorded', async () => {
  const recorded = createRecordedTransport()
  const chatId = 'room-anna'
  let taps = 0
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
    tap: () => {
      const tapId = `t${++taps}`
      return { tapId, answer: async () => recorded.answers.find((answer) => answer.tapId === tapId)?.text }
    },
    close: async () => {},
  }
})
