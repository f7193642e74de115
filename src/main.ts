import type { ProgramCall } from './commands/argv/call.ts'
import { runCommandLine } from './commands/shell/program.ts'
import type { Shell } from './commands/shell/shell.ts'
import { programFolder } from './program-folder.ts'
import { version } from './version.ts'

/**
 * The program: reads the command line, does that one thing and sets the exit code. Each command loads only what it needs. A bare
 * look at the status is a program of its own (`look.ts`).
 */
export function main(argv: string[]): Promise<void> {
  const read = async () => (await import('./commands/argv/read-argv.ts')).readArgv(argv, version())
  return runCommandLine(argv, version(), read, run)
}

async function run(call: ProgramCall, shell: Shell): Promise<number> {
  if (call.do !== 'print') await (await import('./commands/state/refuse-inside.ts')).refuseInside(shell)
  switch (call.do) {
    case 'print':
      shell.stdout.write(call.text)
      return 0
    case 'status':
      return (await import('./commands/status.ts')).showStatus(shell, call)
    case 'tasks':
      return (await import('./commands/tasks.ts')).runTasks(shell, call)
    case 'command':
      return (await import('./commands/do-command.ts')).doCommand(shell, call)
    case 'task':
      return (await import('./commands/task.ts')).doTask(shell, call)
    case 'instance':
      return (await import('./commands/instance.ts')).doInstance(shell, call)
    case 'machine':
      return (await import('./commands/machine.ts')).showMachines(shell, call)
    case 'plan':
      return (await import('./commands/draft-plan.ts')).draftPlan(shell, call)
    case 'github':
      return (await import('./commands/github.ts')).workOnIssues(shell, call)
    case 'web':
      return (await import('./commands/web.ts')).openDashboard(shell, call, programFolder())
    case 'attach':
      return (await import('./commands/window/attach.ts')).attachTask(shell, call, programFolder())
    case 'takeover':
      return (await import('./commands/window/takeover.ts')).takeOverTask(shell, call)
    case 'logs':
      return (await import('./commands/logs.ts')).showLogs(shell, call)
    case 'diff':
      return (await import('./commands/diff.ts')).showDiff(shell, call)
    case 'check':
      return (await import('./commands/check.ts')).checkFiles(shell, call.files)
    case 'backup':
      return (await import('./commands/backup.ts')).backUp(shell, call.file)
    case 'doctor':
      return (await import('./commands/doctor.ts')).showDoctor(shell, call)
    case 'demo':
      return (await import('./commands/demo.ts')).runDemo(shell, programFolder())
    case 'start':
      return (await import('./commands/start.ts')).runDaemon(shell)
    case 'init':
      return (await import('./commands/init.ts')).setUp(shell, programFolder(), call.flags)
  }
}
