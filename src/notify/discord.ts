import { chatLines, cutForReceiver } from './chat-text.ts'
import type { Notification } from './notification.ts'

/** Discord refuses longer messages. */
const LONGEST = 2_000
/** No previews of links, which a model may have written. */
const SUPPRESS_EMBEDS = 4

const escaped = (text: string): string => text.replace(/([\\*_~`|>#[\]<&])/g, '\\$1')

/** As many notifications as fit into one message of a webhook, at least one. Nobody is mentioned by what they say. */
export function discordMessage(notifications: readonly Notification[]): { body: object; count: number } {
  const blocks: string[] = []
  let length = 0
  for (const notification of notifications) {
    const [head = '', ...rest] = chatLines(notification)
    const block = [`**${escaped(head)}**`, ...rest.map((line) => escaped(cutForReceiver(line, 900)))].join('\n')
    length += block.length + 1
    if (length > LONGEST && blocks.length > 0) break
    blocks.push(block)
  }
  return {
    body: {
      content: cutForReceiver(blocks.join('\n'), LONGEST),
      allowed_mentions: { parse: [] },
      flags: SUPPRESS_EMBEDS,
    },
    count: blocks.length,
  }
}
