import { randomUUID } from 'node:crypto'
import type { DaemonApi } from '../../src/daemon/api/api.ts'
import { openCrossProcessApi } from '../../src/daemon/api/cross-process-api.ts'
import { openStore } from '../../src/store/store.ts'
import { startBotApi } from '../../test/support/bot-api/server.ts'
import { startDiscord } from '../../test/support/discord/server.ts'
import { CHANNEL } from '../../test/support/discord/world.ts'
import { startSlack } from '../../test/support/slack/server.ts'
import type { Break } from '../break.ts'
import { type RunningDaemon, startRunningDaemon } from '../daemon-process.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { killNow, processesWith } from '../processes.ts'
import { type ChatPlace, onDiscord, onSlack, onTelegram } from './places.ts'

const API_TOKEN = 'a-token-that-nobody-may-read-0123456789'

/** One daemon on all surfaces at once. */
export interface SurfacesHouse {
  home: FaultHome
  places: ChatPlace[]
  /** What a program in a terminal uses. */
  local: DaemonApi
  /** What the dashboard sends; undefined where the daemon is gone. */
  post: (path: string, body: object) => Promise<{ status: number; text: string } | undefined>
  restart: (how: NodeJS.Signals) => Promise<void>
  close: () => Promise<void>
}

/** Opens one that is to work through this task file. */
export async function openSurfacesHouse(tasks: string, breaks: Break | undefined): Promise<SurfacesHouse> {
  const api = await startBotApi({ tapLifeMs: 60_000 })
  const slack = await startSlack({ pingMs: 500, retriesMs: [200, 1_000, 3_000] })
  const discord = await startDiscord({ heartbeatMs: 1_000 })
  const places = [onTelegram(api), onSlack(slack), onDiscord(discord)]
  const home = createFaultHome(
    tasks,
    `  hold: 10m\nhttp: {port: 0}\nslack: {channel: C1, users: [UBEN]}\ndiscord: {channel: "${CHANNEL}", users: ["480000000000000013"]}\n`,
  )
  const { botToken, appToken } = slack.world
  home.write(
    '.env',
    `TELEGRAM_BOT_TOKEN=${api.token}\nTELEGRAM_API_ROOT=${api.root}\nTELEGRAM_ALLOWED_USERS=4711\nSLACK_BOT_TOKEN=${botToken}\nSLACK_APP_TOKEN=${appToken}\nSLACK_API_URL=${slack.apiUrl}\nDISCORD_TOKEN=${discord.token}\nDISCORD_API_URL=${discord.api}\nAPI_TOKEN=${API_TOKEN}\n`,
  )
  const store = openStore(home.stateDir)
  // Its chats are known already, and not greeted.
  for (const { surface } of places) store.setMeta(`${surface}:since`, 0)
  store.close()
  const start = () => startRunningDaemon(home.dir, { breaks, env: home.agentEnv })
  let daemon: RunningDaemon = await start()
  const remote = openCrossProcessApi({ stateDir: home.stateDir, queues: ['main'], now: Date.now, newId: randomUUID })
  if (!remote) throw new Error('There is no state yet')
  return {
    home,
    places,
    local: remote.api,
    post: async (path, body) => {
      try {
        const response = await fetch(`${daemon.url}${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' },
          signal: AbortSignal.timeout(20_000),
        })
        return { status: response.status, text: await response.text() }
      } catch {
        return undefined
      }
    },
    restart: async (how) => {
      daemon.kill(how)
      await daemon.ended
      daemon = await start()
    },
    close: async () => {
      remote.close()
      daemon.kill('SIGKILL')
      await daemon.ended
      killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
      await Promise.all([api.close(), slack.close(), discord.close()])
      home.remove()
    },
  }
}
