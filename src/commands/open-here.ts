import type { Opened } from '../daemon/runner-types.ts'
import type { Loaded } from './load-config.ts'
import { diagnose, type Shell } from './shell.ts'

/** Opens the state for work by this process, or says who works already. Nothing runs before `begin`. Throws StoreError. */
export async function openHere(
  shell: Shell,
  { config, secretValues, redact }: Loaded,
  attended: boolean,
): Promise<Opened> {
  // The same trouble again and again would push everything else away.
  let last = ''
  const say = (text: string) => {
    if (text !== last) diagnose(shell, redact(text))
    last = text
  }
  // Whoever finds another process at work does not need the house.
  const { openHouse } = await import('../house/house.ts')
  return await openHouse({
    config,
    secretValues,
    kind: 'tasks',
    attended,
    env: shell.env,
    onTrouble: say,
    onError: (error) => say(error instanceof Error ? error.message : String(error)),
  })
}
