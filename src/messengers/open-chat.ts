import { hostname } from 'node:os'
import { dayPorts } from '../assistant/day.ts'
import { type Chat, createChat } from '../chat/chat.ts'
import type { ChatCall } from '../chat/delivery.ts'
import type { ChatDeps } from '../chat/ports.ts'
import { saveToInbox } from '../chat/save-file.ts'
import type { Transport } from '../chat/transport.ts'
import { hearingOf } from '../core/people.ts'
import { lookInTheMorning } from '../planner/day-views.ts'
import { redactValue } from '../redact/redact-value.ts'
import { findTaskFiles, shownPath } from '../sources/files/find-files.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createUpdates } from '../store/updates.ts'
import type { ChatOptions } from './messenger.ts'

/** Where its messages go, and to whom. */
export type Audience = Pick<ChatDeps, 'chats' | 'groups' | 'audienceOf' | 'groupsOf' | 'listenedTo'>

/** Builds what is said in the chats of a transport around an open app. */
export function openChat(transport: Transport, options: ChatOptions, audience: Audience): Chat {
  const { config, app, nextStarts, dashboardLink, plans, redact, log, cards, machines } = options
  const { store, artifacts, runner } = app
  const { inbox, ...told } = config.chat
  const { reached = new Set() } = options
  reached.add(reachedBy(transport, audience))
  const isReached = (member: string) => [...reached].some((reaches) => reaches(member))
  const project = (queue: string) => config.projects.find(({ name }) => name === queue) ?? config.projects[0]
  return createChat(
    {
      ...audience,
      membersOf: (roles) => roles.flatMap((role) => config.roles[role] ?? []),
      isReached,
      hearingOf: (id) =>
        hearingOf(config.people, { surface: transport.name, id }, (account) =>
          isReached(`${account.surface}:${account.id}`),
        ),
      ...(cards && { cards }),
      config: told,
      ...(config.timezone !== undefined && { timezone: config.timezone }),
      api: runner.api,
      artifacts,
      store: {
        updates: createUpdates(store.db, transport.name),
        deliveries: createDeliveries<ChatCall>(store.db, transport.name),
        meta: store.kept,
        events: store.read.events,
      },
      taskFiles: async (queue) =>
        findTaskFiles(config.home, project(queue).tasks).map((path) => shownPath(config.home, path)),
      isOnGitHub: (queue) => project(queue).github !== undefined,
      budgetOf: (queue) => project(queue).budget,
      ...(nextStarts && { nextStarts }),
      greeting: async () => {
        const { projects } = await lookInTheMorning('', dayPorts(config, runner.api.view))
        return { host: hostname(), projects: projects.map((at) => ({ ...at, folder: project(at.name).path })) }
      },
      report: app.report,
      ...(dashboardLink && { dashboardLink }),
      ...(plans && { plans }),
      ...(machines && { machine: { ...machines, name: config.machine.name } }),
      onShipped: () => app.reached('notified'),
      saveFile: (queue, file) => saveToInbox(project(queue).path, inbox, file),
      redact: <T>(value: T) => redactValue(redact, value) as T,
      now: Date.now,
      log,
    },
    transport,
  )
}

/** Who gets messages here: accounts, and groups of people, all of them where several read along, else by those who are known to be in one. */
function reachedBy({ name }: Transport, audience: Audience): (member: string) => boolean {
  const { chats, groups = [], audienceOf = () => [], groupsOf = () => [] } = audience
  const people = [...new Set(chats.flatMap((chatId) => audienceOf(chatId)))]
  const accounts = new Set(people.map((id) => `${name}:${id}`))
  return (member) =>
    accounts.has(member) ||
    (member.startsWith(`${name}-`) && (groups.length > 0 || people.some((id) => groupsOf(id).includes(member))))
}
