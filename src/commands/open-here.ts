import { newId } from '../daemon/ids.ts'
import { openRemote } from '../daemon/remote.ts'
import type { Opened, Remote } from '../daemon/runner-types.ts'
import { openHouse } from '../house/house.ts'
import type { Loaded } from './load-config.ts'
import { diagnose, type Shell } from './shell.ts'

/** Opens the state for work by this process, or says who works already. Nothing runs before `begin`. Throws StoreError. */
export function openHere(shell: Shell, { config, secretValues, redact }: Loaded, attended: boolean): Promise<Opened> {
  // The same trouble again and again would push everything else away.
  let last = ''
  const say = (text: string) => {
    if (text !== last) diagnose(shell, redact(text))
    last = text
  }
  return openHouse({
    config,
    secretValues,
    kind: 'tasks',
    attended,
    env: shell.env,
    onTrouble: say,
    onError: (error) => say(error instanceof Error ? error.message : String(error)),
  })
}

/** Looks at the state from outside; undefined when there is none yet. Throws StoreError. */
export function openThere({ now }: Pick<Shell, 'now'>, { config }: Pick<Loaded, 'config'>): Remote | undefined {
  return openRemote({ stateDir: config.stateDir, queues: config.projects.map(({ name }) => name), now, newId })
}
