import { spawn } from 'node:child_process'
import { startBotApi } from '../test/support/bot-api/server.ts'
import type { createBenchHome } from './runs.ts'

/** Starts the daemon of a home, with its bot against a stand-in of Telegram, where Anna may use it. */
export async function startDaemonWithBot(home: ReturnType<typeof createBenchHome>) {
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const [program, args] = home.baton('start')
  const daemon = spawn(program, args, {
    cwd: home.dir,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(20_000 + (process.pid % 20_000)),
      TELEGRAM_BOT_TOKEN: api.token,
      TELEGRAM_ALLOWED_USERS: '4711',
      TELEGRAM_API_ROOT: api.root,
    },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => daemon.once('exit', resolve))
  return {
    pid: daemon.pid,
    anna,
    /** Throws where it is gone: what was measured then is nothing. */
    assertRunning: () => {
      if (daemon.exitCode !== null) throw new Error(`the daemon ended with ${daemon.exitCode}`)
    },
    stop: async () => {
      daemon.kill('SIGTERM')
      const force = setTimeout(() => daemon.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(force)
      await api.close()
      home.remove()
    },
  }
}
