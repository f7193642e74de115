import type { Opened } from '../daemon/runner-types.ts'
import type { Mouth } from './diagnostics.ts'
import type { Loaded } from './load-config.ts'
import type { OwnLog } from './own-log.ts'
import type { Shell } from './shell.ts'

/**
 * Opens the state for work by this process, or says who works already. Nothing runs before `begin`. Troubles are told
 * through `mouth` and noted in `log`. Throws StoreError.
 */
export async function openHere(
  shell: Pick<Shell, 'env' | 'version'>,
  { config, secretValues, redact }: Loaded,
  attended: boolean,
  { mouth, log }: { mouth: Mouth; log: OwnLog },
): Promise<Opened> {
  // The same trouble again and again would push everything else away.
  let last = ''
  const say = (text: string) => {
    if (text !== last) mouth.say(text)
    last = text
  }
  // Whoever finds another process at work does not need the house.
  const { openHouse } = await import('../app/house.ts')
  const opened = await openHouse({
    config,
    secretValues,
    kind: 'tasks',
    attended,
    env: shell.env,
    onTrouble: (text) => {
      log.trouble(text)
      say(text)
    },
    onError: (error) => {
      log.error(error)
      say(`Something failed: ${error instanceof Error ? error.message : String(error)}`)
    },
  })
  if ('holder' in opened || config.notify.length === 0) return opened
  const { startNotifying } = await import('../app/notifying.ts')
  const { runner } = opened
  const stopNotifying = startNotifying({
    house: opened,
    config,
    redact,
    version: shell.version,
    warn: log.trouble,
    onError: log.error,
  })
  return { runner: { ...runner, stop: () => stopNotifying().then(runner.stop) } }
}
