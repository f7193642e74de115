import { claudeEnvironment } from '../claude/process/environment.ts'
import { limitTools } from '../claude/process/limit-tools.ts'
import { checkClaude } from '../claude/start/check.ts'
import { sandboxProblem } from '../claude/start/sandbox.ts'
import { readConfig } from '../config/read.ts'
import type { ProjectConfig } from '../config/types.ts'
import { openCrossProcessApi } from '../daemon/api/cross-process-api.ts'
import { newId } from '../daemon/ids.ts'
import { exitCodeOf } from '../doctor/check.ts'
import { runDoctor } from '../doctor/doctor.ts'
import { checksAsJson, needsAscii, renderChecks } from '../doctor/render.ts'
import { runProgram } from '../doctor/run-program.ts'
import { redactor } from '../redact/redact.ts'
import { planTaskFiles } from '../sources/files/plan-files.ts'
import type { Problem } from '../taskfile/problem.ts'
import { formatProblems } from '../taskfile/report.ts'
import type { Shell } from './shell/shell.ts'

const errorsOf = (problems: readonly Problem[]): string[] =>
  problems.filter(({ severity }) => severity === 'error').map((one) => formatProblems([one]))

/** Is everything there? A line for each check, with what to do. */
export async function showDoctor(shell: Shell, { json }: { json: boolean }): Promise<number> {
  const { env, home, now } = shell
  const configuration = await readConfig({ home, env })
  const config = 'config' in configuration ? configuration.config : undefined
  const checkTaskFiles = async (project: ProjectConfig) => {
    const { pipelines } = project
    if (config && pipelines?.queue === project.name) {
      const { readPipelines } = await import('../pipeline/read-pipelines.ts')
      const found = readPipelines(pipelines, { home, roles: Object.keys(config.roles) })
      return { files: found.all.length, open: 0, done: 0, problems: errorsOf(found.problems) }
    }
    const plan = await planTaskFiles(config ?? { home, stateDir: '' }, project, {})
    const problems = errorsOf(plan.problems)
    return { files: plan.files.length, open: plan.tasks.length, done: plan.alreadyDone, problems }
  }
  const checks = await runDoctor({
    nodeVersion: process.versions.node,
    env,
    configuration,
    run: runProgram,
    checkClaude: (command, given, cwd) => checkClaude(command, claudeEnvironment(given), cwd),
    checkTaskFiles,
    runnerOf: async (stateDir) => {
      const remote = openCrossProcessApi({ stateDir, queues: [], now, newId })
      try {
        return remote?.holder()
      } finally {
        remote?.close()
      }
    },
    limitTools: () => limitTools(claudeEnvironment(env)),
    sandboxProblem,
    fetch,
  })
  const redact = redactor('config' in configuration ? configuration.secretValues : [])
  const text = json ? checksAsJson(checks) : renderChecks(checks, { ascii: needsAscii(env) })
  shell.stdout.write(`${redact(text)}\n`)
  return exitCodeOf(checks)
}
