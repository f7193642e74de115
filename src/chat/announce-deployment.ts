import type { Deployment, KnownEnvironment } from '../core/deploy/deployment.ts'
import { isAsItShouldBe, missingText } from '../core/deploy/words.ts'
import type { BatonEvent } from '../core/types.ts'
import type { ChatContext } from './context.ts'
import { type Announcement, deliveriesFor, editFor, type NewChatDelivery } from './delivery.ts'
import { hasMessage } from './has-message.ts'
import type { Message } from './message.ts'
import { nameProject } from './name-project.ts'
import { renderDeploymentStory } from './render/deployment.ts'
import { renderNotice } from './render/notice.ts'
import type { ChatRef } from './transport.ts'

const MARKS: Partial<Record<Deployment['step'], string>> = {
  live: '✅',
  'rolled-back': '⏪',
  'rolling-back': '⏪',
  'checking-rollback': '⏪',
  red: '🔴',
  lost: '🚨',
  kept: '⚠️',
  'called-off': '⚪️',
}

const markOf = ({ step }: Deployment) => MARKS[step] ?? '🚀'

const lineSlot = (id: string) => `deployment:${id}`
const storySlot = (id: string) => `deployment:${id}:story`
const alarmSlot = (id: string) => `deployment:${id}:alarm`

/**
 * One line for a deployment, edited as it comes along, and below it the rest. An edit makes no sound: what went wrong is said
 * again, for those who must act, and that message follows until the environment runs what it should.
 */
export function announceDeployment(chat: ChatContext, event: BatonEvent): Announcement {
  const deployment = event.data?.deployment as Deployment | undefined
  if (!deployment) return { deliveries: [] }
  const mark = markOf(deployment)
  const line = nameProject(chat, event.queue, renderNotice(chat.deps.redact(event.text), { mark, silent: true }))
  const story = renderDeploymentStory(chat.deps.redact(deployment), chat.moment())
  const deliveries = chat.chats.flatMap((chatId) => [
    ...lineIn(chat, chatId, deployment, line),
    ...storyIn(chat, chatId, deployment, nameProject(chat, event.queue, story)),
  ])
  const alarm = alarmOf(chat, event, deployment)
  return { deliveries: [...deliveries, ...alarm.deliveries], ...(alarm.remember && { remember: alarm.remember }) }
}

function lineIn(chat: ChatContext, chatId: ChatRef, { id }: Deployment, line: Message): NewChatDelivery[] {
  const slot = lineSlot(id)
  if (hasMessage(chat, chatId, slot)) return [editFor(chatId, { slot }, line, { urgent: true })]
  return deliveriesFor(chatId, chat.sounding(line, 'news', chatId), { slot, urgent: true })
}

/** In the thread of the line; where there are no threads as a reply to it, once it is there. */
function storyIn(chat: ChatContext, chatId: ChatRef, { id, endedAt }: Deployment, story: Message): NewChatDelivery[] {
  const slot = storySlot(id)
  if (hasMessage(chat, chatId, slot)) return [editFor(chatId, { slot }, story)]
  if (chat.transport.hasThreads?.(chatId))
    return deliveriesFor(chatId, story, { slot, urgent: true, thread: { slot: lineSlot(id) } })
  const replyTo = chat.deps.store.deliveries.messageIn(chatId, lineSlot(id))
  if (replyTo === undefined && endedAt === undefined) return []
  return deliveriesFor(chatId, story, { slot, urgent: true, ...(replyTo !== undefined && { replyTo }) })
}

/** What went wrong is heard; what was said of the environment before says from then on what is true of it. */
function alarmOf(chat: ChatContext, event: BatonEvent, deployment: Deployment): Announcement {
  const environment = event.data?.environment as KnownEnvironment | undefined
  if (deployment.endedAt === undefined || !environment) return { deliveries: [] }
  const { chats, deps, memory, sounding } = chat
  const before = memory.alarm(environment.id)
  const now = deps.redact(missingText(environment))
  const isRight = isAsItShouldBe(environment)
  const words = renderNotice(isRight ? `Over: ${now}` : now, { mark: isRight ? '✅' : '⚠️', silent: true })
  const follows =
    before === undefined
      ? []
      : chats.flatMap((chatId) => {
          const slot = alarmSlot(before)
          if (!hasMessage(chat, chatId, slot)) return []
          return [editFor(chatId, { slot }, nameProject(chat, event.queue, words), { urgent: true })]
        })
  if (isWell(deployment))
    return { deliveries: follows, ...(isRight && { remember: () => memory.setAlarm(environment.id, undefined) }) }
  // The text of the event has its first line.
  const why = deployment.why?.includes('\n') ? `\n\n${deployment.why}` : ''
  const mark = markOf(deployment)
  const loud = nameProject(chat, event.queue, renderNotice(deps.redact(`${event.text}${why}`), { mark }))
  const slot = alarmSlot(deployment.id)
  return {
    deliveries: [
      ...follows,
      ...chats.flatMap((chatId) => deliveriesFor(chatId, sounding(loud, 'needed', chatId), { slot, urgent: true })),
    ],
    remember: () => memory.setAlarm(environment.id, deployment.id),
  }
}

const isWell = ({ step, kind }: Deployment): boolean =>
  step === 'live' || (step === 'rolled-back' && kind === 'rollback')
