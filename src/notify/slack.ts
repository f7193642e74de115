import { withEntities } from '../text/inert/entities.ts'
import { chatLines, cutForReceiver } from './chat-text.ts'
import type { Notification } from './notification.ts'

/** Slack cuts long texts; up to here they stay whole. */
const LONGEST = 3_900

/** As many notifications as fit into one message of an incoming webhook, at least one. */
export function slackMessage(notifications: readonly Notification[]): { body: object; count: number } {
  const blocks: string[] = []
  let length = 0
  for (const notification of notifications) {
    const [head, ...rest] = chatLines(notification).map(withEntities)
    const block = [`*${(head ?? '').replaceAll('*', '∗')}*`, ...rest].join('\n')
    length += block.length + 1
    if (length > LONGEST && blocks.length > 0) break
    blocks.push(block)
  }
  return {
    body: { text: cutForReceiver(blocks.join('\n'), LONGEST), unfurl_links: false, unfurl_media: false },
    count: blocks.length,
  }
}
