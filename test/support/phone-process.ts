import type { BotApi } from './bot-api/server.ts'
import type { Home } from './home.ts'
import { openPhoneApp } from './phone.ts'

/** A house with its bot in a process of its own, to be killed: `node phone-process.ts HOME API_ROOT TOKEN`. */
const [dir = '', root = '', token = ''] = process.argv.slice(2)
const { BATON_KILL_AT } = process.env
const env = BATON_KILL_AT === undefined ? {} : { BATON_KILL_AT }
await openPhoneApp({ dir } as Home, { root, token } as BotApi, { env })
