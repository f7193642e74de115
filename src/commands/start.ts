import { startDaemon } from '../app/daemon.ts'
import { exposedWithoutToken } from '../config/exposure.ts'
import { renderProblems } from '../config/problem.ts'
import { batonError } from '../errors.ts'
import { openLog } from '../log.ts'
import { plural } from '../text/amounts.ts'
import { preflight } from './run/preflight.ts'
import { forceExitAfter } from './shell/force-exit.ts'
import { listenForInterrupts } from './shell/interrupts.ts'
import { reportError } from './shell/report-error.ts'
import { diagnose, type Shell } from './shell/shell.ts'
import { alreadyRunning } from './state/already-running.ts'
import { loadConfig } from './state/load-config.ts'

/** An orderly end takes 5 s at most; systemd gives 20. */
const LONGEST_END_MS = 10_000
const AT_ONCE_MS = 1_000

/** Runs the daemon until a signal ends it. Gives the exit code. */
export async function runDaemon(shell: Shell): Promise<number> {
  const interrupts = listenForInterrupts(shell.now)
  try {
    const loaded = await loadConfig(shell)
    const { config, secrets, secretValues, redact, notices } = loaded
    if (notices.length > 0) diagnose(shell, renderProblems(notices))
    const exposed = exposedWithoutToken(config, secrets)
    if (exposed) throw batonError('config-invalid', { problems: renderProblems([exposed]), count: 1 })
    for (const project of config.projects) await preflight(loaded, project, { env: shell.env, needsClaude: false })
    const { log, close } = await openLog({ dir: config.logsDir, level: config.log.level, redact })
    const say = (text: string) => shell.stdout.write(`${text}\n`)
    const daemon = await startDaemon({
      config,
      secrets,
      secretValues,
      env: shell.env,
      version: shell.version,
      log,
      say,
    })
    if ('holder' in daemon) throw alreadyRunning(daemon.holder)
    const next =
      daemon.left > 0
        ? `Continuing what was open: ${plural(daemon.left, 'task')} left.`
        : 'Waiting for a start: from the phone, the dashboard or the terminal.'
    say(`Baton ${shell.version} is running (pid ${process.pid}). ${next}`)
    if (daemon.url) say(`Dashboard: ${daemon.link?.() ?? daemon.url}`)
    await new Promise<void>((resolve) => interrupts.onFirst(resolve))
    forceExitAfter(LONGEST_END_MS)
    diagnose(shell, 'Stopping. Running work is saved and resumes at the next start.')
    interrupts.onSecond(() => {
      forceExitAfter(AT_ONCE_MS)
      process.exit(130)
    })
    await daemon.stop()
    close()
    return daemon.isWell() ? 0 : 1
  } catch (error) {
    return await reportError(shell, error)
  } finally {
    interrupts.close()
  }
}
