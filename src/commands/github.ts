import { setTimeout as sleep } from 'node:timers/promises'
import type { ProjectConfig } from '../config/types.ts'
import { batonError } from '../errors.ts'
import { openMachines } from '../machines/outside.ts'
import { repositorySource } from '../sources/github/place.ts'
import { whileListening } from '../sources/while-listening.ts'
import { preflight } from './run/preflight.ts'
import { takeSourceLease } from './run/source-lease-here.ts'
import { workHere } from './run/work-here.ts'
import { openDiagnostics } from './shell/diagnostics.ts'
import { listenForInterrupts } from './shell/interrupts.ts'
import { openOwnLog } from './shell/own-log.ts'
import { diagnose, isAttended, type Shell } from './shell/shell.ts'
import { alreadyRunning } from './state/already-running.ts'
import { type Loaded, loadConfig } from './state/load-config.ts'
import { openHere } from './state/open-here.ts'
import { lookAfter } from './state/open-there.ts'
import { projectOf, takesAnswersHere } from './state/project.ts'
import { unreachable } from './state/unreachable.ts'

const LEFT = 130

/** Takes up labeled issues and works on them: once, or again and again until Ctrl-C. Gives the exit code. */
export async function workOnIssues(shell: Shell, { once, json }: { once: boolean; json: boolean }): Promise<number> {
  const loaded = await loadConfig(shell)
  const project = projectOf(shell, loaded.config)
  if (!project.github)
    throw batonError('usage', {
      message: 'No repository on GitHub is configured.',
      hint: 'Set github.repo in config.yaml, as in docs/github.md.',
    })
  await preflight(loaded, project, { env: shell.env, needsClaude: true })
  for (;;) {
    const other = await listeningElsewhere(loaded, project)
    const worked =
      other === undefined ? await oneRound(shell, loaded, project, { json }) : { exitCode: 0, holder: other }
    if (worked.holder !== undefined) {
      diagnose(shell, `The machine ${worked.holder} looks at GitHub for all of them; there is nothing to do here.`)
      return worked.exitCode
    }
    if (worked.daemon) {
      diagnose(shell, `The daemon (pid ${worked.daemon}) looks at GitHub already; there is nothing to do here.`)
      return 0
    }
    if (once || worked.exitCode === LEFT) return worked.exitCode
    if (!(await waited(project.github.pollMs))) return LEFT
  }
}

/** The machine that listens to the repository, where several share a database. */
async function listeningElsewhere({ config, secrets }: Loaded, project: ProjectConfig): Promise<string | undefined> {
  if (secrets.databaseUrl === undefined || !project.github) return undefined
  const { listening, close } = await openMachines(secrets.databaseUrl).catch(unreachable)
  try {
    const name = repositorySource(project.github, secrets.githubApiUrl)
    return [...(await listening())].find(
      ([machine, names]) => machine !== config.machine.name && names.includes(name),
    )?.[0]
  } finally {
    await close()
  }
}

/** What is new on GitHub, and the work that it makes, to its end. */
async function oneRound(
  shell: Shell,
  loaded: Loaded,
  project: ProjectConfig,
  { json }: { json: boolean },
): Promise<{ exitCode: number; daemon?: number; holder?: string }> {
  const answersHere = takesAnswersHere(project)
  const attended = isAttended(shell) && !json && answersHere
  const around = { diagnostics: openDiagnostics(shell, loaded.redact), log: openOwnLog(loaded) }
  const opened = await openHere(shell, loaded, attended, around)
  if ('holder' in opened) {
    if (opened.holder.kind === 'daemon') return { exitCode: 0, daemon: opened.holder.pid }
    throw alreadyRunning(opened.holder)
  }
  const { runner, gitHub } = opened
  const onError = (error: unknown) =>
    around.diagnostics.say(`GitHub: ${error instanceof Error ? error.message : String(error)}`)
  let isStopped = false
  let close = async () => {}
  let release = async () => {}
  const stop = async () => {
    if (isStopped) return
    isStopped = true
    await close()
    // It stores how its runs ended, which needs what works on them.
    await release()
    await runner.stop()
  }
  try {
    const { say } = around.diagnostics
    const taken = await takeSourceLease(opened, loaded, project.name, {
      ...{ version: shell.version, say, onError },
      listener: () => listeningElsewhere(loaded, project),
    })
    if (taken && 'holder' in taken) return { exitCode: 0, holder: taken.holder }
    const { lease } = taken ?? {}
    if (taken) release = taken.stop
    const rounds = await gitHub.get(project.name)?.rounds({
      api: lease ? whileListening(runner.api, lease) : runner.api,
      ...(lease && { lease }),
      note: (text) => {
        runner.note(project.name, text)
        around.diagnostics.say(text)
      },
      spent: (usd) => runner.spent(project.name, usd),
      onError,
    })
    if (!rounds) throw new Error(`The project ${project.name} has no repository on GitHub.`)
    lease?.onHeld(({ isAfresh }) => {
      if (isAfresh) rounds.takenOver()
    })
    await rounds.once()
    const unfollow = runner.api.follow(({ type }) => {
      if (/^(task|ask|run)\./.test(type)) rounds.soon()
    })
    close = async () => {
      unfollow()
      // What came of the work belongs on the issues before this ends.
      rounds.soon()
      await rounds.finish()
    }
    if (runner.api.view.openRunIds(project.name).length === 0) {
      diagnose(shell, `Nothing to do: no open issue of ${project.github?.repo} is labeled “${project.github?.label}”.`)
      return { exitCode: 0 }
    }
    const worked = await workHere(shell, loaded, { ...runner, stop }, undefined, {
      ...around,
      ...{ json, queue: project.name, alreadyDone: 0, onFailure: project.onFailure, answersHere },
      look: lookAfter(shell, loaded),
    })
    return { exitCode: 'exitCode' in worked ? worked.exitCode : 1 }
  } finally {
    await stop()
  }
}

/** False where somebody ended it meanwhile. */
async function waited(ms: number): Promise<boolean> {
  const interrupts = listenForInterrupts()
  const ending = new AbortController()
  interrupts.onFirst(() => ending.abort())
  try {
    await sleep(ms, undefined, { signal: ending.signal })
    return true
  } catch {
    return false
  } finally {
    interrupts.close()
  }
}
