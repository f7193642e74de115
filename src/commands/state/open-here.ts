import type { OpenedApp } from '../../app/open-app.ts'
import type { Runner } from '../../daemon/runner-types.ts'
import type { Diagnostics } from '../shell/diagnostics.ts'
import type { OwnLog } from '../shell/own-log.ts'
import type { Shell } from '../shell/shell.ts'
import type { Loaded } from './load-config.ts'

/** What this process works with; or the process already running. */
export type OpenedHere =
  | ({ runner: Runner } & Pick<Extract<OpenedApp, { runner: unknown }>, 'gitHub' | 'store'>)
  | Extract<OpenedApp, { holder: unknown }>

const loadApp = () => import('../../app/open-app.ts')

/** Loads what `openHere` needs while something else is waited for. */
export function prepareToOpen(): void {
  // What keeps it from being loaded is said by openHere.
  loadApp().catch(() => undefined)
}

/**
 * Opens the state for work by this process, or names the process already running. Nothing runs before `begin`. Problems are shown
 * through `diagnostics` and noted in `log`. Throws StoreError.
 */
export async function openHere(
  shell: Pick<Shell, 'env' | 'version'>,
  { config, secrets, secretValues, redact }: Loaded,
  attended: boolean,
  { diagnostics, log }: { diagnostics: Diagnostics; log: OwnLog },
): Promise<OpenedHere> {
  // The same trouble again and again would push everything else away.
  let last = ''
  const say = (text: string) => {
    if (text !== last) diagnostics.say(text)
    last = text
  }
  // Not needed where another process is running already.
  const { openApp } = await loadApp()
  const opened = await openApp({
    config,
    secretValues,
    kind: 'tasks',
    attended,
    env: shell.env,
    gitHub: { token: secrets.githubToken, apiUrl: secrets.githubApiUrl, version: shell.version },
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
  const { startNotifying } = await import('../../app/notifying.ts')
  const { runner, gitHub, store } = opened
  const stopNotifying = startNotifying({
    app: opened,
    config,
    secrets,
    redact,
    version: shell.version,
    warn: log.trouble,
    onError: log.error,
  })
  return { runner: { ...runner, stop: () => stopNotifying().then(runner.stop) }, gitHub, store }
}
