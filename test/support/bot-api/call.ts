import type { BotApi } from './server.ts'

export interface Reply {
  ok: boolean
  result?: unknown
  error_code?: number
  description?: string
  parameters?: { retry_after?: number; migrate_to_chat_id?: number }
}

/** One bare call with JSON, as any HTTP client would make it. */
export async function call(api: Pick<BotApi, 'root' | 'token'>, method: string, params: object = {}): Promise<Reply> {
  const response = await fetch(`${api.root}/bot${api.token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  return (await response.json()) as Reply
}
