import { onTestFinished } from 'vitest'
import type { Person } from './bot-api/people.ts'
import { type BotApi, startBotApi } from './bot-api/server.ts'
import { createHome, type Home } from './home.ts'

/** A stand-in of the Bot API, a person whom the bot obeys, and a home with a task file; gone when the test is over. */
export async function setPhone(
  ...files: Parameters<typeof createHome>
): Promise<{ api: BotApi; anna: Person; home: Home }> {
  const api = await startBotApi()
  const home = createHome(...files)
  onTestFinished(async () => {
    await api.close()
    home.remove()
  })
  return { api, anna: api.person({ id: 4711, name: 'Anna' }), home }
}
