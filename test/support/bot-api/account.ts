import { ApiError, badRequest } from './errors.ts'
import { flag, integer, json, text } from './params.ts'
import type { Method, World } from './world.ts'

const MAX_ANSWER = 200

/** The methods that concern the bot itself: who it is, its updates, its commands, its answers to taps. */
export function accountMethods(world: World): Record<string, Method> {
  const { bot, updates, chats, files } = world
  const setWebhook = (url: string, drop: boolean) => {
    if (url !== '' && !url.startsWith('https://')) {
      throw badRequest('bad webhook: An HTTPS URL must be provided for webhook')
    }
    if (url !== '') updates.conflict('terminated by setWebhook request')
    world.webhookUrl = url
    if (drop) updates.clear()
    return true
  }
  const scope = (value: unknown) => JSON.stringify(value ?? { type: 'default' })

  return {
    getMe: () => ({
      ...bot,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
    }),
    getUpdates: (params, signal) => {
      if (world.webhookUrl !== '') {
        throw new ApiError(
          409,
          "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
      }
      const limit = Math.min(100, Math.max(1, integer(params, 'limit') ?? 100))
      return updates.get(
        { offset: integer(params, 'offset') ?? 0, limit, timeoutS: integer(params, 'timeout') ?? 0 },
        signal,
      )
    },
    setWebhook: (params) => setWebhook(text(params, 'url') ?? '', flag(params, 'drop_pending_updates')),
    deleteWebhook: (params) => setWebhook('', flag(params, 'drop_pending_updates')),
    getWebhookInfo: () => ({
      url: world.webhookUrl,
      has_custom_certificate: false,
      pending_update_count: updates.unconfirmed().length,
    }),
    setMyCommands: (params) => {
      const commands = json(params, 'commands')
      if (!Array.isArray(commands)) throw badRequest("can't parse commands: Array expected")
      if (commands.length > 100) throw badRequest('BOT_COMMANDS_TOO_MUCH')
      for (const { command, description } of commands as { command?: unknown; description?: unknown }[]) {
        if (typeof command !== 'string' || !/^\/?[a-z0-9_]{1,32}$/.test(command))
          throw badRequest('BOT_COMMAND_INVALID')
        if (typeof description !== 'string' || description === '' || description.length > 256) {
          throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID')
        }
      }
      world.commands.set(scope(json(params, 'scope')), commands)
      return true
    },
    getMyCommands: (params) => world.commands.get(scope(json(params, 'scope'))) ?? [],
    answerCallbackQuery: (params) => {
      const words = text(params, 'text')
      if (words !== undefined && words.length > MAX_ANSWER) throw badRequest('MESSAGE_TOO_LONG')
      const open = world.taps.get(text(params, 'callback_query_id') ?? '')
      if (!open || open.tap.answer || world.now() - open.tap.at > world.tapLifeMs) {
        throw badRequest('query is too old and response timeout expired or query ID is invalid')
      }
      open.tap.answer = { at: world.now(), alert: flag(params, 'show_alert'), ...(words && { text: words }) }
      open.answered(open.tap.answer)
      return true
    },
    getFile: (params) => files.describe(text(params, 'file_id') ?? ''),
    getChat: (params) => {
      const { id, type, title } = chats.reach(params)
      return {
        id,
        type,
        ...(type === 'private' ? { first_name: title } : { title }),
        accent_color_id: 0,
        max_reaction_count: 0,
      }
    },
  }
}
