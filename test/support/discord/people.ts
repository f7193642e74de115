import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { readMarkdown } from './read-markdown.ts'
import {
  APPLICATION,
  BOT,
  CHANNEL,
  GUILD,
  type HeldInteraction,
  type HeldMessage,
  shownMessage,
  type World,
} from './world.ts'

/** A message as a person sees it. */
export interface SeenOnDiscord {
  id: string
  channel: string
  text: string
  byBot: boolean
  buttons: { text: string; data: string; style: number }[]
  /** Of its lists. */
  options: { text: string; data: string }[]
  rang: string[]
  silent: boolean
  repliesTo?: string
  files: { name: string; content: string }[]
  edits: number
}

const componentsOf = ({ components }: HeldMessage) => components.flatMap((row) => row.components)

export function seenMessage(world: World, message: HeldMessage): SeenOnDiscord {
  const parts = componentsOf(message)
  const texts = [
    readMarkdown(message.content),
    ...message.embeds.map((one) => readMarkdown(one.description ?? '', 'extended')),
  ]
  return {
    id: message.id,
    channel: message.channel_id,
    text: texts.filter((text) => text !== '').join('\n'),
    byBot: message.author.id === BOT,
    buttons: parts.flatMap((part) =>
      part.type === 2 ? [{ text: String(part.label), data: String(part.custom_id), style: Number(part.style) }] : [],
    ),
    options: parts.flatMap((part) =>
      part.type === 3
        ? (part.options as { label: string; value: string }[]).map(({ label, value }) => ({ text: label, data: value }))
        : [],
    ),
    rang: message.rang,
    silent: (message.flags & (1 << 12)) !== 0,
    ...(message.message_reference && { repliesTo: message.message_reference.message_id }),
    files: message.attachments.map(({ id, filename }) => ({
      name: filename,
      content: String(world.files.get(id) ?? ''),
    })),
    edits: message.edits,
  }
}

export interface PersonDeps {
  world: World
  emit: (event: string, data: object) => void
  root: () => string
}

export interface Heard {
  interaction: HeldInteraction
  /** What only this person is told; undefined: it was released without a word. Rejects where nobody answers within 3 s. */
  answer: () => Promise<string | undefined>
  /** The form that opened. */
  form: () => Promise<{ data: string; title: string; text: string } | undefined>
}

/** Somebody with an account. */
export function createPerson(
  { world, emit, root }: PersonDeps,
  { id, name, roles = [] }: { id: string; name: string; roles?: string[] },
) {
  const held = { id, name, roles }
  world.people.set(id, held)
  const user = { id, username: name.toLowerCase(), global_name: name, discriminator: '0' }
  const member = () => ({ user, roles: held.roles, nick: null })
  const placeOf = (channelId: string) => {
    const { guild_id: guild, parent_id: parent, type } = world.channel(channelId)
    return {
      channel_id: channelId,
      channel: { id: channelId, type, ...(parent !== undefined && { parent_id: parent }) },
      ...(guild === undefined ? { user } : { guild_id: guild, member: member() }),
    }
  }
  const post = (channelId: string, given: Partial<HeldMessage>): HeldMessage => {
    const mentions = [...(given.content ?? '').matchAll(/<@!?(\d+)>/g)].map(([, one]) => ({ id: one as string }))
    const replied = given.message_reference?.message_id
    const to = replied === undefined ? undefined : world.channel(channelId).messages.find((one) => one.id === replied)
    const message = world.post(channelId, {
      ...given,
      author: user,
      mentions: [...mentions, ...(to ? [{ id: to.author.id }] : [])],
    })
    const { guild_id: guild, type } = world.channel(channelId)
    emit('MESSAGE_CREATE', {
      ...shownMessage(message),
      channel_type: type,
      ...(to && { referenced_message: shownMessage(to) }),
      ...(guild !== undefined && { guild_id: guild, member: { roles: held.roles } }),
    })
    return message
  }
  const interact = (type: number, channelId: string, data: object, message?: HeldMessage): Heard => {
    const interaction: HeldInteraction = {
      ...{ id: world.snowflake(), token: `tok_${id}_${'x'.repeat(150)}${world.interactions.size}`, type, channelId },
      ...{ at: performance.now(), userId: id, followUps: [], ...(message && { messageId: message.id }) },
    }
    world.interactions.set(interaction.id, interaction)
    emit('INTERACTION_CREATE', {
      ...{ id: interaction.id, token: interaction.token, type, application_id: APPLICATION, version: 1, data },
      ...{ entitlements: [], app_permissions: '0', locale: 'en-US', authorizing_integration_owners: { 0: GUILD } },
      ...{ context: world.channel(channelId).guild_id === undefined ? 1 : 0, attachment_size_limit: 10_485_760 },
      ...placeOf(channelId),
      ...(message && { message: shownMessage(message) }),
    })
    const responded = async () => {
      for (;;) {
        if (interaction.response) return interaction.response
        if (performance.now() - interaction.at > 20_000) throw new Error('This interaction failed')
        await sleep(5)
      }
    }
    return {
      interaction,
      answer: async () => {
        const { type: kind, data: words } = await responded()
        const own = kind === 4 ? words?.content : interaction.followUps.at(-1)?.content
        return own === undefined ? undefined : readMarkdown(String(own))
      },
      form: async () => {
        const { type: kind, data: form } = await responded()
        if (kind !== 9 || !form) return undefined
        const text = (form.components as { content?: string }[])
          .map((part) => readMarkdown(part.content ?? ''))
          .join('')
        return { data: String(form.custom_id), title: String(form.title), text }
      },
    }
  }
  const find = (match: (message: HeldMessage) => boolean): HeldMessage | undefined =>
    [...world.channels.values()]
      .flatMap(({ messages }) => messages)
      .filter((one) => !one.deleted && match(one))
      .sort((a, b) => Number(BigInt(b.id) - BigInt(a.id)))[0]
  const press = (message: HeldMessage, data: string): Heard => {
    const part = componentsOf(message).find(
      (one) =>
        one.custom_id === data || (one.options as { value: string }[] | undefined)?.some(({ value }) => value === data),
    )
    const isPicked = part?.type === 3
    return interact(
      3,
      message.channel_id,
      {
        component_type: isPicked ? 3 : 2,
        custom_id: isPicked ? part.custom_id : data,
        ...(isPicked && { values: [data] }),
      },
      message,
    )
  }

  return {
    id,
    says: (text: string, { channel = CHANNEL, replyTo }: { channel?: string; replyTo?: string } = {}) =>
      post(channel, {
        content: text,
        ...(replyTo !== undefined && { message_reference: { message_id: replyTo, channel_id: channel }, type: 19 }),
      }),
    /** Passes on what somebody else wrote. */
    forwards: (text: string, channel = CHANNEL) =>
      post(channel, {
        message_reference: { message_id: '1', channel_id: '2', type: 1 },
        content: '',
        ...{ message_snapshots: [{ message: { content: text } }] },
      }),
    sends: (file: { name: string; bytes: Buffer; type?: string }, caption = '', channel = CHANNEL) => {
      const fileId = world.snowflake()
      world.files.set(fileId, file.bytes)
      const url = `${root()}/attachments/${fileId}/${encodeURIComponent(file.name)}`
      const attachment = { id: fileId, filename: file.name, size: file.bytes.length, url, content_type: file.type }
      return post(channel, { content: caption, attachments: [attachment] })
    },
    /** Taps the newest button, or picks the newest option, of this label. */
    taps: (label: string): Heard => {
      const isIt = (part: Record<string, unknown>) =>
        part.label === label || (part.options as { label: string }[] | undefined)?.some((one) => one.label === label)
      const message = find((one) => componentsOf(one).some(isIt))
      const part = message && componentsOf(message).find(isIt)
      if (!message || !part) throw new Error(`No button ${label}`)
      const option = (part.options as { label: string; value: string }[] | undefined)?.find(
        (one) => one.label === label,
      )
      return press(message, option?.value ?? String(part.custom_id))
    },
    /** Taps what may not even be there. */
    forges: (messageId: string, data: string, channel = CHANNEL): Heard =>
      press(world.message(channel, messageId), data),
    /** `/approve 3` by the menu of commands. */
    commands: (name: string, options: Record<string, string> = {}, channel = CHANNEL): Heard => {
      const found = world.commands.find((one) => one.name === name)
      if (!found) throw new Error(`No command /${name}`)
      const known = (found.options ?? []) as { name: string; type: number }[]
      return interact(2, channel, {
        ...{ id: '1', name, type: 1, guild_id: GUILD },
        options: Object.entries(options).map(([key, value]) => {
          const option = known.find((one) => one.name === key)
          if (!option) throw new Error(`/${name} has no option ${key}`)
          return { name: key, type: option.type, value: option.type === 4 ? Number(value) : value }
        }),
      })
    },
    /** Writes into the form that answered this tap, and sends it. */
    fillsIn: async (opened: Heard, text: string): Promise<Heard> => {
      const form = await opened.form()
      if (!form) throw new Error('No form opened')
      const { messageId, channelId } = opened.interaction
      const message = messageId === undefined ? undefined : world.message(channelId, messageId)
      const field = { type: 18, id: 2, component: { type: 4, id: 3, custom_id: 'words', value: text } }
      return interact(5, channelId, { custom_id: form.data, components: [{ type: 10, id: 1 }, field] }, message)
    },
    reacts: (messageId: string, emoji: string, channel = CHANNEL) => {
      const message = world.message(channel, messageId)
      message.reactions.push({ emoji, userId: id })
      const { guild_id: guild } = world.channel(channel)
      emit('MESSAGE_REACTION_ADD', {
        ...{ user_id: id, channel_id: channel, message_id: messageId, emoji: { id: null, name: emoji } },
        ...{ message_author_id: message.author.id, burst: false, type: 0 },
        ...(guild !== undefined && { guild_id: guild, member: member() }),
      })
    },
    edits: (messageId: string, text: string, channel = CHANNEL) => {
      const message = world.message(channel, messageId)
      message.content = text
      message.edited_timestamp = new Date().toISOString()
      emit('MESSAGE_UPDATE', {
        ...shownMessage(message),
        ...(world.channel(channel).guild_id && { guild_id: GUILD, member: { roles: held.roles } }),
      })
    },
    deletes: (messageId: string, channel = CHANNEL) => {
      world.message(channel, messageId).deleted = true
    },
    blocks: () => {
      world.people.set(id, { ...held, isClosed: true })
    },
    direct: () => world.direct(id).id,
    /** What this person sees in a channel, the oldest first. */
    sees: (channel = CHANNEL): SeenOnDiscord[] =>
      world
        .channel(channel)
        .messages.filter(({ deleted }) => !deleted)
        .map((message) => seenMessage(world, message)),
    threads: () => [...world.channels.values()].filter(({ type }) => type === 11),
  }
}

export type DiscordPerson = ReturnType<typeof createPerson>
