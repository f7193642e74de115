import { setTimeout as sleep } from 'node:timers/promises'
import { openApp } from '../../src/app/open-app.ts'
import { readConfig } from '../../src/config/read.ts'
import type { Runner } from '../../src/daemon/runner-types.ts'

/** What this program says of one try to open the house. */
export interface LockerAnswer {
  opened: boolean
  holderPid?: number
  error?: string
}

/** Opens the house in the folder of its first argument when it is told, at the moment it is told, and closes it again. */
const read = await readConfig({ home: process.argv[2] ?? '.', env: {} })
if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
const { config } = read
let runner: Runner | undefined

async function open(): Promise<LockerAnswer> {
  try {
    const opened = await openApp({
      config,
      secretValues: [],
      kind: 'daemon',
      attended: true,
      env: process.env,
      onTrouble: () => undefined,
      onError: () => undefined,
    })
    if ('holder' in opened) return { opened: false, holderPid: opened.holder.pid }
    runner = opened.runner
    return { opened: true }
  } catch (error) {
    return { opened: false, error: String(error) }
  }
}

async function obey(command: { do: 'open'; at: number } | { do: 'close' }): Promise<LockerAnswer> {
  if (command.do === 'close') {
    await runner?.stop()
    return { opened: false }
  }
  await sleep(Math.max(0, command.at - Date.now()))
  return open()
}

process.on('message', (command) => {
  void obey(command as Parameters<typeof obey>[0]).then((answer) => process.send?.(answer))
})
process.send?.('ready')
