import type { Deployment } from '../core/deploy/deployment.ts'
import type { BatonEvent } from '../core/types.ts'
import type { ChatContext } from './context.ts'
import { type Announcement, deliveriesFor, editFor } from './delivery.ts'
import { nameProject } from './name-project.ts'
import { renderNotice } from './render/notice.ts'

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

/**
 * One message for a deployment, edited as it comes along. An edit makes no sound: what went wrong is said once more, for
 * those who must act.
 */
export function announceDeployment(chat: ChatContext, event: BatonEvent): Announcement {
  const deployment = event.data?.deployment as Deployment | undefined
  if (!deployment) return { deliveries: [] }
  const { chats, deps, sounding } = chat
  const slot = `deployment:${deployment.id}`
  const text = deps.redact(event.text)
  const mark = MARKS[deployment.step] ?? '🚀'
  const line = nameProject(chat, event.queue, renderNotice(text, { mark, silent: true }))
  const { messageIn, isWaiting } = deps.store.deliveries
  const deliveries = chats.flatMap((chatId) =>
    messageIn(chatId, slot) !== undefined || isWaiting(chatId, slot)
      ? [editFor(chatId, { slot }, line, { urgent: true })]
      : deliveriesFor(chatId, sounding(line, 'news', chatId), { slot, urgent: true }),
  )
  const isWrong = deployment.endedAt !== undefined && !isWell(deployment)
  if (!isWrong) return { deliveries }
  const why = deployment.why === undefined ? '' : `\n\n${deployment.why}`
  const loud = nameProject(chat, event.queue, renderNotice(deps.redact(`${event.text}${why}`), { mark }))
  return {
    deliveries: [
      ...deliveries,
      ...chats.flatMap((chatId) => deliveriesFor(chatId, sounding(loud, 'needed', chatId), { urgent: true })),
    ],
  }
}

const isWell = ({ step, kind }: Deployment): boolean =>
  step === 'live' || step === 'called-off' || (step === 'rolled-back' && kind === 'rollback')
