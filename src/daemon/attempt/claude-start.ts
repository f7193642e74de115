import { resolve } from 'node:path'
import { gitDenyRules } from '../../claude/asks/git-rules.ts'
import { claudeArgs, windowArgs } from '../../claude/start/argv.ts'
import { continuationPrompt, systemPrompt, taskPrompt } from '../../claude/start/prompt.ts'
import { type SandboxPlaces, sandboxSettings } from '../../claude/start/sandbox.ts'
import type { ClaudeLimits, ClaudeStart } from '../../claude/types.ts'
import type { ProjectConfig } from '../../config/types.ts'
import { EDITING_TOOLS } from '../../core/tool-call.ts'
import type { Ask, Continuation, Task } from '../../core/types.ts'
import type { AttemptPlan } from './plan-attempt.ts'
import type { OwnWatch } from './watch-own-files.ts'

/** Folders of Baton's own that a sandbox is drawn around, and its folder for what people send, seen from the project. */
export type OwnFolders = Pick<SandboxPlaces, 'home' | 'stateDir' | 'logsDir'> & { inbox: string }

/** What a start depends on beside task and plan. */
export interface StartPorts {
  project: ProjectConfig
  /** What Claude finds in its environment. */
  env: Readonly<Record<string, string>>
  /** Where Baton's own files are. */
  places: OwnFolders
  /** What may still be spent before some ceiling is reached, USD. */
  remainingUsd: (task: Task) => number | undefined
  ask: (id: string) => Ask | undefined
}

/** Interrupt, SIGTERM and SIGKILL must all fit into the 5 s in which the daemon ends. */
const GRACE_MS = 1_500

/** What a task may do that only looks; nothing else is asked for, it is denied. */
const LOOKING = ['Read', 'Grep', 'Glob', 'Bash(git log:*)', 'Bash(git diff:*)', 'Bash(git show:*)']
const CHANGING = [...EDITING_TOOLS, 'WebFetch', 'WebSearch', 'Task']

/** Settings, hooks, servers, skills and instructions of the folder that it works in are not read. */
const NOTHING_OF_THE_FOLDER = ['--setting-sources=user', '--strict-mcp-config']

/** Program, arguments, environment, limits and prompt of the next process of a task. */
export function claudeStart(
  { project, env, places, remainingUsd, ask }: StartPorts,
  task: Task,
  plan: AttemptPlan,
  own: Pick<OwnWatch, 'rules' | 'guard'>,
): ClaudeStart {
  const { claude } = project
  const { spec } = task
  const budgetUsd = remainingUsd(task)
  const prompt = promptFor(task, plan, ask)
  const model = spec.model ?? claude.model
  const effort = spec.effort ?? claude.effort
  const maxTurns = spec.maxTurns ?? claude.maxTurns
  return {
    command: claude.command,
    args: claudeArgs({
      sessionId: plan.attempt.sessionId,
      resume: !plan.isNew || plan.resumes === true,
      permissionMode: spec.readOnly ? 'dontAsk' : (spec.permissionMode ?? claude.permissionMode),
      ...(model !== undefined && { model }),
      ...(effort !== undefined && { effort }),
      ...(spec.agent !== undefined && { agent: spec.agent }),
      ...(maxTurns !== undefined && { maxTurns }),
      ...(budgetUsd !== undefined && { budgetUsd: Math.round(budgetUsd * 1e4) / 1e4 }),
      allowedTools: spec.readOnly ? LOOKING : [...claude.allowedTools, ...(spec.allowedTools ?? [])],
      disallowedTools: [
        ...claude.disallowedTools,
        ...(project.git === 'read' ? gitDenyRules({ isGuarded: true }) : []),
        ...(spec.readOnly ? CHANGING : []),
      ],
      settings: settingsOf({ project, places }, plan.place.tree, own.rules),
      appendSystemPrompt: systemPrompt({ gitAllowed: project.git === 'allow', append: claude.appendPrompt }),
      extraArgs: [...claude.extraArgs, ...(spec.foreign ? NOTHING_OF_THE_FOLDER : [])],
    }),
    cwd: plan.attempt.cwd,
    env: { ...env, ...plan.place.env },
    attemptId: plan.attempt.id,
    nice: project.nice,
    ...(prompt !== undefined && { prompt }),
    guard: own.guard,
    limits: limitsOf(project, spec.timeoutMs),
  }
}

/** Program and arguments that open the session of a task at a terminal, with the rules that hold for Claude's own work on it. */
export function windowStart(
  { project, places }: Pick<StartPorts, 'project' | 'places'>,
  { spec, worktree }: Pick<Task, 'spec' | 'worktree'>,
  sessionId: string,
  rules: OwnWatch['rules'],
): string[] {
  const { claude } = project
  const model = spec.model ?? claude.model
  const effort = spec.effort ?? claude.effort
  return [
    ...claude.command,
    ...windowArgs({
      sessionId,
      permissionMode: spec.permissionMode ?? claude.permissionMode,
      ...(model !== undefined && { model }),
      ...(effort !== undefined && { effort }),
      ...(spec.agent !== undefined && { agent: spec.agent }),
      allowedTools: [...claude.allowedTools, ...(spec.allowedTools ?? [])],
      disallowedTools: [...claude.disallowedTools, ...(project.git === 'read' ? gitDenyRules() : [])],
      settings: settingsOf({ project, places }, worktree, rules),
      extraArgs: [...claude.extraArgs, ...(spec.foreign ? NOTHING_OF_THE_FOLDER : [])],
    }),
  ]
}

function settingsOf(
  { project, places }: Pick<StartPorts, 'project' | 'places'>,
  tree: string | undefined,
  rules: OwnWatch['rules'],
): Record<string, unknown> {
  const path = tree ?? project.path
  return {
    permissions: rules,
    ...(project.claude.sandbox === 'on' && { sandbox: sandboxSettings(sandboxPlaces({ path }, places)) }),
  }
}

/** What a sandbox for work on this project is drawn around. */
export function sandboxPlaces({ path }: Pick<ProjectConfig, 'path'>, places: OwnFolders): SandboxPlaces {
  return { ...places, project: path, inbox: resolve(path, places.inbox) }
}

function limitsOf({ timeouts, laneLimits }: ProjectConfig, taskMs: number | undefined): ClaudeLimits {
  const limit = (ms: number) => (ms === 0 ? Number.POSITIVE_INFINITY : ms)
  return {
    startMs: limit(timeouts.startMs),
    idleMs: limit(timeouts.idleMs),
    totalMs: limit(taskMs ?? timeouts.taskMs),
    exitMs: limit(timeouts.exitMs),
    graceMs: GRACE_MS,
    ...laneLimits,
  }
}

/** What the process is sent first; undefined when it continues from its deferred call. */
function promptFor(task: Task, plan: AttemptPlan, ask: StartPorts['ask']): string | undefined {
  if (plan.deferred) return undefined
  const { continuation } = plan
  const words = continuation && continuationWords(continuation, ask)
  if (!plan.isNew) return words ?? continuationPrompt({ reason: 'interrupted' })
  // A new session knows nothing of what came before: the whole task, and then what was to be said.
  const { spec } = task
  const first = taskPrompt(plan.resumes && spec.resume ? { ...spec, instruction: spec.resume.instruction } : spec)
  return words === undefined || continuation?.reason === 'interrupted' ? first : `${first}\n\n${words}`
}

function continuationWords(continuation: Continuation, ask: StartPorts['ask']): string {
  const { reason, words = '' } = continuation
  switch (reason) {
    case 'retry':
      return [continuationPrompt({ reason, failure: words }), ...answersOf(continuation, ask)].join('\n\n')
    case 'sent-back':
    case 'returned':
      return continuationPrompt({ reason, words })
    case 'handed-back':
      return [continuationPrompt({ reason, words }), ...answersOf(continuation, ask)].join('\n\n')
    case 'first-check':
      return continuationPrompt({ reason, failure: words })
    case 'fresh':
      return words === ''
        ? continuationPrompt({ reason: 'interrupted' })
        : continuationPrompt({ reason: 'retry', failure: words })
    case 'answer': {
      const told = answersOf(continuation, ask)
      return told.length > 0 ? told.join('\n\n') : continuationPrompt({ reason: 'interrupted' })
    }
    default:
      return continuationPrompt({ reason })
  }
}

function answersOf({ askIds = [] }: Continuation, ask: StartPorts['ask']): string[] {
  return askIds.flatMap((id) => {
    const found = ask(id)
    return found ? [answerWords(found)] : []
  })
}

function answerWords(ask: Ask): string {
  const answer = ask.answer
  const answers = answer?.answers
  if (answers) return continuationPrompt({ reason: 'answered', answers })
  const granted = answer?.choice === 'allow' || answer?.choice === 'allow-task'
  return continuationPrompt({
    reason: granted ? 'granted' : 'denied',
    tool: ask.tool?.name ?? '',
    shown: ask.text,
    ...(answer?.text !== undefined && { words: answer.text }),
  })
}
