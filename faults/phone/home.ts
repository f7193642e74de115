import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.ts'
import type { BotApi } from '../../test/support/bot-api/server.ts'
import { createFaultHome, type FaultHome } from '../home.ts'

export const API_TOKEN = 'a-token-of-the-desk-0123456789'
/** Sorted behind the tasks of the run: what the phone adds goes there. */
export const LATER = 'tasks/zz-later.md'

const CONFIG = `retries: 2
http:
  port: 0
telegram:
  progress: 1s
`

/** Makes a home whose daemon talks to this stand-in and obeys these people. */
export function createPhoneHome(tasks: string, api: BotApi, people: readonly number[], hold: string): FaultHome {
  const home = createFaultHome(tasks, CONFIG)
  home.write('config.yaml', home.read('config.yaml').replace('claude:\n', `claude:\n  hold: ${hold}\n`))
  home.write(LATER, '# Later\n')
  home.write(
    '.env',
    [
      `TELEGRAM_BOT_TOKEN=${api.token}`,
      `TELEGRAM_ALLOWED_USERS=${people.join(',')}`,
      `TELEGRAM_API_ROOT=${api.root}`,
      `API_TOKEN=${API_TOKEN}`,
      '',
    ].join('\n'),
  )
  chmodSync(join(home.dir, '.env'), 0o600)
  // The people know Baton: their first /start starts.
  const store = openStore(join(home.dir, '.baton'))
  store.setMeta('telegram:since', 0)
  store.close()
  return home
}
