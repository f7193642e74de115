import { performance } from 'node:perf_hooks'
import { checkCommands, checkMessage, checkModal } from './checks.ts'
import {
  alreadyAcknowledged,
  cannotWriteTo,
  emptyMessage,
  FormCheck,
  limited,
  missingAccess,
  notFound,
  threadExists,
  tooLarge,
  unknownInteraction,
  unknownMember,
  unknownWebhook,
} from './errors.ts'
import { APPLICATION, BOT, GUILD, type HeldMessage, shownMessage, type World } from './world.ts'

export interface Upload {
  name: string
  bytes: Buffer
}
export interface Asked {
  method: string
  /** Below /api/v10. */
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  files: Upload[]
}
export interface RestDeps {
  world: World
  root: () => string
  gatewayUrl: () => string
  emit: (event: string, data: object) => void
  identifiesLeft: () => number
  mayReadContent: () => boolean
  /** Messages that a channel takes in a time, as Discord does: five in five seconds. */
  pace: { count: number; withinMs: number }
}

const FLAGS_OF_SEND = (1 << 2) | (1 << 12) | (1 << 15)
const UPLOAD_BYTES = 10 * 1024 * 1024
/** An interaction has to be answered within this time. */
const ANSWER_WITHIN_MS = 3_000
const author = { id: BOT, username: 'baton', bot: true }

const refuseMenu = () => {
  throw missingAccess()
}

type Route = [method: string, path: RegExp, handle: (asked: Asked, ids: string[]) => unknown]

/** The REST API, as far as Baton calls it; gives what a call answers, or throws what it is refused with. */
export function createRest({ world, root, gatewayUrl, emit, identifiesLeft, mayReadContent, pace }: RestDeps) {
  const posts = new Map<string, number[]>()
  const nonces = new Map<string, HeldMessage>()

  const withinPace = (channelId: string) => {
    const now = performance.now()
    const recent = (posts.get(channelId) ?? []).filter((at) => at > now - pace.withinMs)
    if (recent.length >= pace.count)
      throw limited(((recent[0] as number) + pace.withinMs - now) / 1000, `messages:${channelId}`)
    posts.set(channelId, [...recent, now])
    const left = pace.count - recent.length - 1
    return {
      'X-RateLimit-Limit': String(pace.count),
      'X-RateLimit-Remaining': String(left),
      'X-RateLimit-Reset-After': String(((recent[0] ?? now) + pace.withinMs - now) / 1000),
      'X-RateLimit-Bucket': 'messages',
    }
  }
  const store = (files: Upload[], body: Record<string, unknown>) => {
    if (files.some(({ bytes }) => bytes.length > UPLOAD_BYTES)) throw tooLarge()
    const named = (body.attachments ?? []) as { id?: unknown; filename?: string }[]
    return files.map(({ name, bytes }, i) => {
      const id = world.snowflake()
      world.files.set(id, bytes)
      const filename = named.find((one) => Number(one.id) === i)?.filename ?? name
      return { id, filename, size: bytes.length, url: `${root()}/attachments/${id}/${encodeURIComponent(filename)}` }
    })
  }
  const reachable = (channelId: string) => {
    const channel = world.channel(channelId)
    if (channel.isClosed) throw missingAccess()
    if (channel.recipient !== undefined && world.people.get(channel.recipient)?.isClosed) throw cannotWriteTo()
    return channel
  }
  const rings = (channelId: string, { flags, content }: HeldMessage, body: Record<string, unknown>): string[] => {
    if (flags & (1 << 12)) return []
    const { recipient } = world.channel(channelId)
    if (recipient !== undefined) return [recipient]
    const { users = [], roles = [] } = (body.allowed_mentions ?? {}) as { users?: string[]; roles?: string[] }
    return [...content.matchAll(/(?<!\\)<@(!|&)?(\d+)>/g)].flatMap(([, kind, id = '']) => {
      if (kind !== '&') return users.includes(id) ? [id] : []
      const members = [...world.people.values()].filter((one) => one.roles.includes(id))
      return roles.includes(id) ? members.map((one) => one.id) : []
    })
  }
  const create = (channelId: string, { body, files }: Pick<Asked, 'body' | 'files'>): HeldMessage => {
    checkMessage(body)
    const content = typeof body.content === 'string' ? body.content.trim() : ''
    const embeds = (body.embeds ?? []) as HeldMessage['embeds']
    const flags = Number(body.flags ?? 0)
    if (content === '' && embeds.length === 0 && files.length === 0) throw emptyMessage()
    if ((flags & ~FLAGS_OF_SEND) !== 0) {
      const check = new FormCheck()
      check.add(
        'flags',
        'BITFIELD_NOT_ALLOWED',
        'Only SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS and IS_COMPONENTS_V2 can be set.',
      )
      check.end()
    }
    if (files.some(({ bytes }) => bytes.length === 0)) throw emptyMessage()
    const key = body.enforce_nonce === true ? `${channelId} ${String(body.nonce)}` : undefined
    const before = key === undefined ? undefined : nonces.get(key)
    if (before) return before
    const reference = body.message_reference as { message_id: string; fail_if_not_exists?: boolean } | undefined
    const there =
      reference && world.channel(channelId).messages.find(({ id, deleted }) => id === reference.message_id && !deleted)
    if (reference && !there && reference.fail_if_not_exists !== false) {
      const check = new FormCheck()
      check.add('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message')
      check.end()
    }
    const message = world.post(channelId, {
      ...{ author, content, embeds: (flags & (1 << 2)) !== 0 ? [] : embeds, flags, attachments: store(files, body) },
      components: (body.components ?? []) as HeldMessage['components'],
      ...(there && { message_reference: { message_id: there.id, channel_id: channelId } }),
      ...(body.nonce !== undefined && { nonce: String(body.nonce) }),
    })
    message.rang = rings(channelId, message, body)
    if (key !== undefined) nonces.set(key, message)
    return message
  }

  const routes: Route[] = [
    [
      'GET',
      /^\/gateway\/bot$/,
      () => ({
        url: gatewayUrl(),
        shards: 1,
        session_start_limit: { total: 1000, remaining: identifiesLeft(), reset_after: 86_400_000, max_concurrency: 1 },
      }),
    ],
    ['GET', /^\/users\/@me$/, () => author],
    [
      'GET',
      /^\/users\/(\d+)$/,
      (_, [id = '']) => {
        const found = world.people.get(id)
        if (!found) throw notFound()
        return { id, username: found.name.toLowerCase(), global_name: found.name, discriminator: '0' }
      },
    ],
    [
      'GET',
      /^\/applications\/@me$/,
      () => ({
        id: APPLICATION,
        name: 'baton',
        flags: mayReadContent() ? 1 << 19 : 0,
        bot: author,
      }),
    ],
    [
      'GET',
      /^\/channels\/(\d+)$/,
      (_, [id = '']) => {
        const { messages: _m, recipient: _r, isClosed: _c, ...channel } = reachable(id)
        return channel
      },
    ],
    [
      'POST',
      /^\/users\/@me\/channels$/,
      ({ body }) => {
        const id = String(body.recipient_id)
        if (!/^\d{5,20}$/.test(id)) {
          const check = new FormCheck()
          check.add('recipient_id', 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`)
          check.end()
        }
        return { id: world.direct(id).id, type: 1 }
      },
    ],
    [
      'GET',
      /^\/channels\/(\d+)\/messages$/,
      ({ query }, [id = '']) => {
        const after = BigInt(query.get('after') ?? 0)
        const limit = Number(query.get('limit') ?? 50)
        const found = reachable(id).messages.filter((one) => !one.deleted && BigInt(one.id) > after)
        // Those that follow most closely, the newest first.
        return (query.has('after') ? found.slice(0, limit) : found.slice(-limit)).reverse().map(shownMessage)
      },
    ],
    [
      'POST',
      /^\/channels\/(\d+)\/messages$/,
      (asked, [id = '']) => {
        reachable(id)
        const headers = withinPace(id)
        const message = create(id, asked)
        emit('MESSAGE_CREATE', { ...shownMessage(message), ...(world.channel(id).guild_id && { guild_id: GUILD }) })
        return { body: shownMessage(message), headers }
      },
    ],
    [
      'GET',
      /^\/channels\/(\d+)\/messages\/(\d+)$/,
      (_, [channel = '', id = '']) => {
        reachable(channel)
        return shownMessage(world.message(channel, id))
      },
    ],
    [
      'PATCH',
      /^\/channels\/(\d+)\/messages\/(\d+)$/,
      ({ body, files }, [channel = '', id = '']) => {
        reachable(channel)
        const message = world.own(channel, id)
        checkMessage(body)
        const flags = body.flags === undefined ? message.flags : Number(body.flags)
        if (((flags ^ message.flags) & ~(1 << 2)) !== 0 && (flags & ~((1 << 2) | message.flags)) !== 0) {
          const check = new FormCheck()
          check.add('flags', 'BITFIELD_NOT_ALLOWED', 'Only SUPPRESS_EMBEDS can be changed.')
          check.end()
        }
        if (body.content !== undefined) message.content = String(body.content ?? '').trim()
        if (body.embeds !== undefined)
          message.embeds = (flags & (1 << 2)) !== 0 ? [] : (body.embeds as HeldMessage['embeds'])
        if (body.components !== undefined) message.components = body.components as HeldMessage['components']
        if (body.attachments !== undefined || files.length > 0) message.attachments = store(files, body)
        if (message.content === '' && message.embeds.length === 0 && message.attachments.length === 0)
          throw emptyMessage()
        message.flags = flags | (message.flags & (1 << 12))
        message.edited_timestamp = new Date().toISOString()
        message.edits++
        emit('MESSAGE_UPDATE', shownMessage(message))
        return shownMessage(message)
      },
    ],
    [
      'DELETE',
      /^\/channels\/(\d+)\/messages\/(\d+)$/,
      (_, [channel = '', id = '']) => {
        reachable(channel)
        world.message(channel, id).deleted = true
        return undefined
      },
    ],
    [
      'GET',
      /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)$/,
      ({ query }, [channel = '', id = '', emoji = '']) =>
        world
          .message(channel, id)
          .reactions.filter((one) => one.emoji === decodeURIComponent(emoji))
          .slice(0, Number(query.get('limit') ?? 25))
          .map(({ userId }) => ({ id: userId, username: world.people.get(userId)?.name ?? '' })),
    ],
    [
      'POST',
      /^\/channels\/(\d+)\/messages\/(\d+)\/threads$/,
      ({ body }, [channel = '', id = '']) => {
        const check = new FormCheck()
        check.text('name', body.name, 100, 1)
        if (![60, 1_440, 4_320, 10_080].includes(Number(body.auto_archive_duration ?? 60)))
          check.add('auto_archive_duration', 'BASE_TYPE_CHOICES', 'Value must be one of (60, 1440, 4320, 10080).')
        check.end()
        world.message(channel, id)
        if (world.channels.has(id)) throw threadExists()
        const thread = world.addChannel({ id, type: 11, name: String(body.name), guild_id: GUILD, parent_id: channel })
        return { id: thread.id, type: 11, parent_id: channel, guild_id: GUILD, name: thread.name }
      },
    ],
    [
      'POST',
      /^\/interactions\/(\d+)\/([\w-]+)\/callback$/,
      ({ body, query }, [id = '', token = '']) => {
        const found = world.interactions.get(id)
        if (!found || found.token !== token) throw unknownInteraction()
        if (found.response) throw alreadyAcknowledged()
        if (performance.now() - found.at > ANSWER_WITHIN_MS) throw unknownInteraction()
        const type = Number(body.type)
        const data = (body.data ?? {}) as Record<string, unknown>
        const check = new FormCheck()
        if (![4, 5, 6, 7, 9].includes(type) || (type === 9 && found.type === 5))
          check.add('type', 'BASE_TYPE_CHOICES', 'Value must be one of (4, 5, 6, 7, 9).')
        if ((type === 6 || type === 7) && found.messageId === undefined)
          check.add('type', 'INTERACTION_TYPE', 'There is no message to update.')
        check.end()
        if (type === 4) {
          checkMessage(data)
          if (String(data.content ?? '').trim() === '') throw emptyMessage()
        }
        if (type === 9) checkModal(data)
        found.response = { type, data, at: performance.now() }
        if (type !== 4) return undefined
        const isSeenByAll = (Number(data.flags ?? 0) & 64) === 0
        const message = isSeenByAll
          ? world.post(found.channelId, {
              ...{ author, content: String(data.content), flags: Number(data.flags ?? 0) },
              interaction_metadata: {
                user: { id: found.userId, username: world.people.get(found.userId)?.name ?? '' },
              },
            })
          : undefined
        return query.get('with_response') === 'true'
          ? {
              interaction: { id, type: found.type },
              resource: { type, message: { id: message?.id ?? world.snowflake() } },
            }
          : undefined
      },
    ],
    [
      'POST',
      /^\/webhooks\/(\d+)\/([\w-]+)$/,
      ({ body }, [application = '', token = '']) => {
        const found = [...world.interactions.values()].find((one) => one.token === token)
        if (!found?.response || application !== APPLICATION) throw unknownWebhook()
        checkMessage(body)
        found.followUps.push(body)
        return { id: world.snowflake() }
      },
    ],
    [
      'PUT',
      /^\/applications\/(\d+)\/commands$/,
      ({ body }, [application = '']) => {
        if (application !== APPLICATION) throw missingAccess()
        const commands = (body as unknown as Record<string, unknown>[]) ?? []
        checkCommands(commands)
        world.ownCommands = commands
        return commands
      },
    ],
    [
      'GET',
      /^\/guilds\/(\d+)\/threads\/active$/,
      () => ({
        threads: [...world.channels.values()]
          .filter(({ type }) => type === 11)
          .map(({ id, type, name, parent_id, guild_id }) => ({ id, type, name, parent_id, guild_id })),
        members: [],
      }),
    ],
    [
      'GET',
      /^\/applications\/(\d+)\/guilds\/(\d+)\/commands$/,
      () => (world.isWithoutMenu ? refuseMenu() : world.commands),
    ],
    ['GET', /^\/guilds\/(\d+)$/, () => ({ id: GUILD, roles: [{ id: GUILD, permissions: world.permissions }] })],
    [
      'GET',
      /^\/guilds\/(\d+)\/members\/(\d+)$/,
      (_, [, id = '']) => {
        if (id === BOT) return { user: author, roles: [] }
        const found = world.people.get(id)
        if (!found) throw unknownMember()
        return { user: { id, username: found.name }, roles: found.roles }
      },
    ],
    [
      'PUT',
      /^\/applications\/(\d+)\/guilds\/(\d+)\/commands$/,
      ({ body }, [application = '', guild = '']) => {
        if (application !== APPLICATION || guild !== GUILD) throw missingAccess()
        const commands = (body as unknown as Record<string, unknown>[]) ?? []
        checkCommands(commands)
        world.commands = commands
        return commands
      },
    ],
  ]

  return (asked: Asked): { body: unknown; headers?: Record<string, string> } => {
    for (const [method, path, handle] of routes) {
      const match = method === asked.method && path.exec(asked.path)
      if (!match) continue
      const answer = handle(asked, match.slice(1))
      const isWrapped = typeof answer === 'object' && answer !== null && 'headers' in answer && 'body' in answer
      return isWrapped ? (answer as { body: unknown; headers: Record<string, string> }) : { body: answer }
    }
    throw notFound()
  }
}
