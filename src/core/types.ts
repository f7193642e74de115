/**
 * The words of Baton as types. Everything here is plain data that survives JSON, so that what is in memory, in the
 * database and on the wire is one and the same. Times are epoch milliseconds, money is USD, durations carry `Ms`.
 *
 * Code and screens use these words and no others:
 *
 * - task file: Markdown or JSON in which a user writes tasks. Source: where tasks are written and where their end is noted.
 * - task: one thing to be done. Mark: the word in its file that says it is done.
 * - run: one pass over the tasks of one or more files. Queue: the runs of a project, one after the other.
 * - lane: a place where one task of a queue is worked on.
 * - attempt: one go at a task, with one session of Claude. Outcome: how it ended.
 * - ask: anything a person must decide: approval, permission, question, review, failure. Choice: one of its buttons.
 * - answer: what a person decided. Grant: what they allowed until the task ends.
 * - take over: a person works in the session themselves. Hand back, release: Baton continues with it.
 * - park: end the process while an ask is open; its session is resumed with the answer.
 * - hold: a queue waits for a time, as for a usage limit. Pause: a person said so. Snooze: an ask is put off.
 * - command: what a person or a program wants done, with a key. Input: anything decided upon, commands among them.
 * - pipeline: a task file whose run a push starts. Push: a commit that came to a branch. Environment: where it is deployed to.
 * - deployment: one commit on its way into an environment. Release: what a deployment is about to do, as it is approved.
 * - role: people and groups who may decide certain things. Decider: who may decide an ask. Requester: who wants it.
 * - event: what happened, for everybody who follows. Finding: what a receipt points out.
 * - actor: who did something, and on which surface. Surface: where people see and decide. Transport: a chat's platform.
 * - workspace: the folder a task is worked on in, the project's own or a worktree. Merge line: what lands finished
 *   worktrees, one after the other. Landing: what became of one.
 * - checkpoint: a commit beside the branches that holds a working tree. Undo: back to the one before a task.
 * - check: a command that proves a task. Proof: what the checks, the diff and the judge say. Receipt: all of it, per task.
 */

// ── Task files ───────────────────────────────────────────────────────────────────────────────────────────────────

export type Priority = 'high' | 'medium' | 'low'

/** What people write behind "Task": 3, or 1.2 and 2a as text. */
export type TaskNumber = number | string

export type Proving = 'off' | 'new-tests'

/** Where tasks come from. */
export type SourceName = 'files' | 'github' | 'jira' | 'push'

/** Where a task was written: enough for its source to find it again, and for people to look it up. */
export interface Origin {
  source: SourceName
  /** Identity in its source (in its file, where there is one), stable while people edit around it: `Task 3`, `#12`. */
  ref: string
  /** Where people read it in a browser. */
  url?: string
  /** Path of the task file as shown to people: relative to Baton's home when it is inside, `/`-separated. */
  file?: string
  /** 1-based line of the heading or check box in `file`. */
  line?: number
  /** How it is written in `file`. */
  form?: TaskForm
}

/** How a task is written in its file. */
export type TaskForm = 'section' | 'checkbox' | 'json'

/** A task as the user wrote it; it never changes after it was read. */
export interface TaskSpec {
  origin: Origin
  /** The number in `## Task N: …`, as text where it is not a plain number (`1.2`); absent for other headings and check boxes. */
  headingNumber?: TaskNumber
  title: string
  type?: string
  priority: Priority
  /** Absent: the configuration decides. */
  requiresApproval?: boolean
  /** Somebody wrote it who has no say in the project: a person approves exactly this text, whatever the configuration says. */
  outsider?: true
  description?: string
  criteria: string[]
  /** Commands that prove the task, each run by a shell as the user wrote it. */
  verify: string[]
  /** Byte for byte as in the file; empty for a Run task. */
  instruction: string
  /** Commands that run instead of Claude. */
  run?: string[]
  model?: string
  effort?: string
  agent?: string
  permissionMode?: string
  allowedTools?: string[]
  maxTurns?: number
  budgetUsd?: number
  timeoutMs?: number
  retries?: number
  directory?: string
  /** The git branch that the work goes to. */
  branch?: string
  /** Paths or patterns that the task expects to touch. */
  files?: string[]
  /** The checks run first, and Claude begins only when they fail. */
  verifyFirst?: boolean
  /** What must be proved beyond the checks; `new-tests`: tests that the task adds fail on the tree before it. */
  prove?: Proving
  /** In pipelines: who may approve, the environment that is deployed to, and the paths of what is built. */
  role?: string
  deploy?: string
  artifact?: string[]
  /** Claude looks and changes nothing. */
  readOnly?: true
  /** The text before the first task and the sections that are not tasks; the same string object for all tasks of a file. */
  context: string
  /** The file says that it is done. */
  done: boolean
}

/** A task with its place in a run. */
export interface PlannedTask {
  spec: TaskSpec
  /** What people call it by: 1-based place in the order written, across the run's files. */
  number: number
  /** Place in the order of work, 0-based; differs from `number` under `order: priority`. */
  position: number
  /** Numbers of the tasks of this run that must be done first; those already done in their file are left out. */
  dependsOn: number[]
}

// ── Who and where ────────────────────────────────────────────────────────────────────────────────────────────────

/** Chat platforms: each knows a person by an account of their own. */
export type ChatSurface = 'telegram' | 'slack' | 'discord'

export type SurfaceName = ChatSurface | 'github' | 'jira' | 'terminal' | 'http' | 'schedule' | 'baton'

/** Who did something, and where: `{surface: 'telegram', id: '4711', name: 'Anna'}`. */
export interface Actor {
  surface: SurfaceName
  /** Who it is on that surface, whatever they are called: the number of an account, a user's name, a kind of caller. */
  id: string
  /** What people call them; others may be called the same, and it can change. */
  name: string
  /** Groups of the platform that they are in, as a role names them: `discord-role:900`. */
  groups?: string[]
}

// ── Runs, tasks, attempts ────────────────────────────────────────────────────────────────────────────────────────

/** As shown. `running`, `waiting`, `paused` and `queued` are derived for an open run (see views). */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'paused' | 'done' | 'failed' | 'stopped'

export interface Run {
  id: string
  /** Name of the queue (the project) it belongs to. */
  queue: string
  /** Order among the runs of a queue. */
  seq: number
  /** `open`: tasks may still be worked on. The others are ends; only `stopped` can be opened again. */
  state: 'open' | 'done' | 'failed' | 'stopped'
  files: string[]
  autoApprove: boolean
  /** How many of its tasks may be worked on at once, where it was started with a number of its own. */
  lanes?: number
  startedBy: Actor
  createdAt: number
  /** When the first task was taken up. */
  startedAt?: number
  endedAt?: number
  /** Why it was stopped, in words. */
  reason?: string
  costUsd: number
  /** Ceiling that a person raised for this run, in USD; absent: the configured one. */
  budgetUsd?: number
  /** The warning at 80 % was given. */
  budgetWarned?: boolean
  /** For this run, the result was accepted as a whole. */
  accepted?: Actor
  /** Of a pipeline: what started it. */
  push?: PushedCommit
}

/** A commit that came to a branch, and what is wanted of it. */
export interface PushedCommit {
  /** The pipeline: its file as shown to people; empty for a rollback. */
  file: string
  branch: string
  sha: string
  /** Where the branch was before, as far as that is known. */
  before?: string
  /** `push`: it came; `asked`: somebody wants it deployed; `rollback`: somebody wants this release back. */
  how: 'push' | 'asked' | 'rollback'
  /** Of `asked` and `rollback`. */
  environment?: string
  /** Who pushed or asked; somebody of Baton's own surface where that is not known for certain. */
  by: Actor
  /** Why it may begin in a freeze. */
  breakGlass?: string
  /** What a rollback goes back to, as the platform calls it. */
  release?: string
}

/** As shown to people and programs. */
export type TaskStatus =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'verifying'
  | 'merging'
  | 'taken_over'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'blocked'
  | 'undone'

/**
 * Where a task stands. `queued` waits for its turn; `approval`, `review` and `failure` have an open ask; `ready` may be
 * taken up; `working` has an attempt, live or suspended; `verifying` runs its checks; `undoing` gives back the state
 * before it; `merging` brings its branch onto the integration branch; `marking` writes "done" into the file; `taken_over`
 * is in the hands of a person; the rest are ends.
 */
export type TaskPhase =
  | 'queued'
  | 'approval'
  | 'ready'
  | 'working'
  | 'verifying'
  | 'review'
  | 'failure'
  | 'undoing'
  | 'merging'
  | 'marking'
  | 'taken_over'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'blocked'
  | 'undone'

/** Why and how the next process of an attempt continues; present while the task must be worked on again. */
export interface Continuation {
  reason:
    | 'fresh' // a new session, from the beginning
    | 'interrupted'
    | 'paused'
    | 'answer'
    | 'limit'
    | 'overload'
    | 'credentials'
    | 'budget'
    | 'retry' // after a failure; `words` is the failure's text
    | 'sent-back' // by a review or the judge; `words` say what to change
    | 'returned' // by the merge line; `words` say what conflicts
    | 'handed-back' // by a person who had taken it over; `words` are theirs
    | 'first-check' // its checks ran before Claude, and fail; `words` is what they print
  words?: string
  /** For `answer` and `retry`: the asks whose answers Claude does not have yet. */
  askIds?: string[]
}

export interface Task {
  id: string
  runId: string
  number: number
  position: number
  dependsOn: number[]
  spec: TaskSpec
  phase: TaskPhase
  /** Set while something must continue (or be resumed) in `working`. */
  continuation?: Continuation
  /** The live or latest attempt. */
  attemptId?: string
  /** Attempts begun so far. */
  attempts: number
  /** Failures that counted against `retries`. */
  failures: number
  /** The checks before anybody worked on it (`Verify First`): still to run, running, or how they ended. */
  firstCheck?: 'due' | 'running' | 'passed' | 'failed'
  approvedBy?: Actor
  startedAt?: number
  endedAt?: number
  costUsd: number
  turns: number
  /** Claude's closing words, or the text of the failure, or why it was skipped, blocked or undone. */
  result?: string
  /** Claude's closing words, where its checks failed and `result` says how. */
  lastWords?: string
  outcome?: OutcomeKind
  /** Ended by a person's skip after a failure, or blocked: counts as a failure of the run. */
  byFailure?: boolean
  /** Numbers of the tasks that block this one. */
  blockedBy?: number[]
  /** Its changes are undone: since when, and what it was until then, in case it is brought back. */
  undone?: { at: number; by: Actor; phase: TaskPhase; result?: string }
  /** Messages not yet handed to Claude. */
  say?: string[]
  /** Ceiling that a person raised for this task, in USD. */
  budgetUsd?: number
  budgetWarned?: boolean
  /** Times the review or the judge sent it back. */
  sentBack?: number
  proof?: Proof
  /** The lane it is worked on in, from 1; absent while it waits for its turn or for a person. */
  lane?: number
  /** A person has its session. */
  takenOver?: TakenOver
  /** Where it is worked on, while that is not the project's own folder: absolute path of its worktree. */
  worktree?: string
  /** The branch of its own that its work is on. */
  branch?: string
  /** The user's own commands around it: those before have run; those after are to run, now that it has ended. */
  hooks?: 'begun' | 'due'
  /** Of a step that deploys: what it is about to do, once that is known. */
  release?: Release
  /** The facts that somebody approved. */
  approvedFacts?: string
  /** What it built, for the steps after it. */
  artifacts?: BuiltArtifact[]
  /** How it came onto the integration branch; `followed`: the user's own branch holds it, too. */
  landed?: { at: number; commit?: string; checks?: CheckResult[]; followed?: boolean }
  /** Times the merge line gave it back. */
  returns?: number
  /** Times a later task was taken up in its place, because its files overlap those of a running task. */
  passedOver?: number
  /** The time written into the task file; decided before writing so that a repeated write is the same. */
  markedAt?: number
}

/** What a deployment is about to do, as it is shown before it begins; an approval is bound to all of it. */
export interface Release {
  environment: string
  sha: string
  /** Digest of everything that an approval is bound to. */
  facts: string
  /** The environment's count of deployments when these were the facts. */
  epoch: number
  title: string
  text: string
  /** A person approves it first; `deciders`: one who may. */
  isAsked: boolean
  deciders?: Deciders
  onRed: 'rollback' | 'ask' | 'never'
  /** A freeze of the configuration: nothing begins before then. */
  frozenUntil?: number
}

/** Files that a step built; `digest` is of all of them, with their names. */
export interface BuiltArtifact {
  path: string
  digest: string
  files: number
  bytes: number
}

/** When the user's own commands run around a task. */
export type HookTime = 'before' | 'after'

/** Who has the session of a task, and where. */
export interface TakenOver {
  by: Actor
  at: number
  /** The process that the person works in; the task is handed back when it ends. Absent: only by a command. */
  window?: { pid: number; startedAt: string }
  /** They give it back; `done`: with the work finished, so that only its checks are left. */
  release?: { by: Actor; done: boolean; words?: string }
}

/** One go at a task: one session of Claude, possibly several processes. */
export interface Attempt {
  id: string
  taskId: string
  runId: string
  number: number
  /** Session of Claude, chosen by us; empty for Run tasks. */
  sessionId: string
  /** Where Claude works: absolute path. */
  cwd: string
  /** Processes started so far. */
  processes: number
  /** The live process; absent when none is. Start time as the system gives it, to recognise a recycled pid. */
  pid?: number
  pidStartedAt?: string
  /** True from the moment a process is about to be started until its end was stored. */
  live: boolean
  /** Claude said something: the session exists and can be resumed. */
  heard: boolean
  startedAt: number
  endedAt?: number
  outcome?: OutcomeKind
  costUsd: number
  turns: number
  /** What its live process may spend of the budgets that it shares with other lanes. */
  givenUsd?: number
  /** Readable log and raw stream, absolute paths. */
  logFile: string
  rawFile: string
  checkpointBefore?: string
  checkpointAfter?: string
  /** HEAD and refs digest before the attempt, to notice commits made anyway. */
  headBefore?: string
}

/** How a process of an attempt ended. */
export type OutcomeKind =
  | 'done'
  | 'failed' // Claude's own error result, or a Run command's exit code
  | 'max-turns'
  | 'budget'
  | 'limit' // usage limit, with resetsAt
  | 'overloaded' // 529, 5xx, network
  | 'credentials' // not logged in, bad key, credit too low
  | 'timeout' // start, idle or total clock
  | 'over-memory' // it and what it started used more than a lane may
  | 'crashed' // a signal or an exit code without result
  | 'no-result' // exit 0 without a result
  | 'empty' // a result, but no text and no call before it
  | 'interrupted' // by us: pause, stop, skip, shutdown
  | 'parked' // ended while an ask is open
  | 'deferred' // ended by a deferred call

/** A window of time with a limit on how much a subscription allows. */
export interface PlanWindow {
  /** `five_hour`, `seven_day` … */
  type: string
  /** 0 to 1, or above where more was used than allowed. */
  used: number
  resetsAt: number
}

export interface Outcome {
  kind: OutcomeKind
  /** What happened and what to do, for people. */
  text: string
  /** Claude's closing words. */
  result?: string
  /** Of the whole session so far, as Claude counts; USD. */
  sessionCostUsd?: number
  /** Of the whole attempt so far. */
  turns?: number
  /** For `limit`: when it resets. */
  resetsAt?: number
  limitType?: string
  /** How far the subscription is used, where Claude reported it. */
  plan?: PlanWindow[]
  exitCode?: number
  signal?: string
  /** The session does not exist, exists already, or holds no deferred call: continue it in another way. */
  session?: 'missing' | 'taken' | 'not-deferred'
  /** It could not even start, and no task of the run can until a person has fixed that. */
  concerns?: 'run'
}

// ── Proof ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CheckResult {
  name: string
  command: string
  ok: boolean
  exitCode?: number
  durationMs: number
  /** Head and tail of what it printed. */
  output: string
  timedOut?: boolean
}

export interface CriterionResult {
  criterion: string
  pass: boolean
  evidence: string
}

export interface FileChange {
  path: string
  /** added, modified, deleted, renamed, type-changed */
  change: 'A' | 'M' | 'D' | 'R' | 'T'
  added?: number
  deleted?: number
  from?: string
}

/** Something in the way a task was worked on that a person should know of; found mechanically, never by a model. */
export interface Finding {
  /** What it is about, one word or two joined by a dash: `test-skipped`, `check-changed`, `mark`. */
  kind: string
  /** `ask`: the task is not done before a person has accepted it. `tell`: it is noted on the receipt. */
  weight: 'ask' | 'tell'
  /** One short sentence for people, without the path. */
  text: string
  path?: string
  /** 1-based, in the file as it is after the attempt. */
  line?: number
  /** What to look at: the lines in question, as a diff or as they are. */
  detail?: string
  /** It happened while the agent worked, so that no later attempt can make up for it. Others are looked for again each time. */
  lasting?: boolean
}

/** What Baton saw for itself about a finished attempt; the receipt shows it. */
export interface Proof {
  checks: CheckResult[]
  /** What was found in the way the work was done: weakened tests, changed checks, commits on the side. */
  findings?: Finding[]
  criteria?: CriterionResult[]
  files?: FileChange[]
  /** Why there is no list of files: not a repository, … */
  filesNote?: string
  /** Commits, branches or refs that appeared although the agent was told not to. */
  gitWrites?: string[]
  /** The agent's words against the facts. */
  flags?: string[]
  /** Commit made by Baton for the task, when configured. */
  commit?: string
}

/** What became of an attempt to bring a task onto the integration branch. */
export type Landing =
  | {
      kind: 'landed'
      commit?: string
      checks?: CheckResult[]
      notes?: string[]
      followed?: boolean
      artifacts?: BuiltArtifact[]
    }
  /** Its work went somewhere that this run does not continue from: `words` say where, and what happens next. */
  | { kind: 'aside'; words: string }
  /** Back to the task's own session: `words` say what to fix, in a tree that holds what landed meanwhile. */
  | { kind: 'returned'; why: 'conflict' | 'red'; words: string }
  /** Not the task's fault: landing pauses, and a person is asked. */
  | { kind: 'blocked'; words: string }

// ── Asks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type AskKind = 'approval' | 'permission' | 'question' | 'review' | 'failure'

/** What a button does. `pick` chooses an option of a question, the others are the contract's words. */
export type Choice =
  | 'approve'
  | 'reject'
  | 'allow'
  | 'allow-task'
  | 'deny'
  | 'answer'
  | 'retry'
  | 'skip'
  | 'stop'
  | 'accept'
  | 'send-back'
  | 'undo'

export interface Option {
  choice: Choice
  label: string
}

/** One question of AskUserQuestion. */
export interface Question {
  question: string
  header?: string
  options: { label: string; description?: string }[]
  multiSelect: boolean
}

export interface Ask {
  id: string
  queue: string
  runId: string
  taskId: string
  /** The task's number, as people call it. */
  task: number
  attemptId?: string
  kind: AskKind
  /** What an approval, review or failure is about when not the task itself. */
  about?:
    | 'run-budget'
    | 'day-budget'
    | 'task-budget'
    | 'credentials'
    | 'guard'
    | 'landing'
    | 'merge-line'
    | 'workspace'
    | 'deploy'
  /** One line: what is asked. */
  title: string
  /** Everything needed to decide, as plain text. Never cut: what is approved is shown whole. Of a permission the call alone. */
  text: string
  /** For permission: Claude's own words for the call, shown above it; they are not part of it. */
  description?: string
  /** For permission: what Claude Code says of the call, shown below it. */
  remark?: string
  options: Option[]
  /** For kind question. */
  questions?: Question[]
  /** For kinds permission and question: the call exactly as Claude made it. */
  tool?: {
    name: string
    input: unknown
    useId?: string
    requestId?: string
    suggestions?: unknown
    blockedPath?: string
  }
  /** Who may decide it; absent: everybody who is listened to. */
  deciders?: Deciders
  /** Given so far, where several people must approve. */
  approvals?: Answer[]
  /** Of kind, title, text, description, remark, options, tool and deciders: what an answer is bound to. */
  hash: string
  state: 'open' | 'answered' | 'withdrawn'
  openedAt: number
  closedAt?: number
  answer?: Answer
  withdrawnBecause?: string
  /** How the process was ended while this is open; absent while it is held. */
  parked?: 'deferred' | 'terminated'
  /** For permission: the rule that "Allow for this task" grants, as people read it. */
  rule?: string
  /** Claude got the answer. */
  delivered?: boolean
  /** When the reminder was sent. */
  remindedAt?: number
  /** A person wants to be reminded of it then, and not before. */
  snoozed?: { until: number; by: Actor; at: number }
}

/** Roles as configured: their members, as `telegram:42`, `discord-role:900`, `github:anna` or `dashboard`. */
export interface RoleBook {
  members: Readonly<Record<string, readonly string[]>>
  /** Which accounts belong to one person. */
  people: readonly KnownPerson[]
}

/** Somebody, with their accounts: on chat platforms, and where they only act (`github:anna`). */
export interface KnownPerson {
  accounts: readonly { surface: ChatSurface; id: string }[]
  logins?: readonly string[]
}

/** Who may decide an ask. */
export interface Deciders {
  /** Names of roles, one of which they must have. */
  roles: string[]
  /** How many different people must approve. */
  count: number
  /** Who wants it, where they may not approve it themselves. */
  requester?: Actor
}

export interface Answer {
  choice: Choice
  /** Words: the reason of a rejection, a free answer, what to do differently. */
  text?: string
  /** For a question: question text → label(s) joined by ", " or any text. */
  answers?: Record<string, string>
  by: Actor
  at: number
  /** The ask's hash as shown to the person who answered. */
  hash: string
}

/** A permission given beyond one live request. */
export interface Grant {
  id: string
  taskId: string
  tool: string
  /** `once`: exactly this input, one time; `task`: the rule, for the rest of the task. */
  scope: 'once' | 'task'
  /** For once: hash of the tool's whole input. For task: the rule in words people can read, e.g. `Bash(npm test:*)`. */
  match: string
  by: Actor
  at: number
  askId?: string
  used?: boolean
}

// ── The queue as a whole ─────────────────────────────────────────────────────────────────────────────────────────

/** Why a queue waits until a certain time without a person. */
export interface Hold {
  why: 'limit' | 'overload' | 'disk' | 'budget' | 'kept'
  until: number
  since: number
  /** The project of the same login that met it. */
  from?: string
  /** For people: "session limit (five_hour)". */
  text: string
}

/** One queue (one project): its tasks are worked on in as many lanes as it has. */
export interface Queue {
  name: string
  paused?: { mode: 'now' | 'after-task'; by: Actor; at: number }
  hold?: Hold
  /** A person gave up the share of the subscription that is kept, until then. */
  keepsNothingUntil?: number
  /**
   * A hold is over: one task finds out whether Claude answers again, before the other lanes start. `waits`: it may not
   * yet, another project of the same login does.
   */
  trial?: { taskId?: string; waits?: boolean }
  /** Consecutive overloads, for the backoff. */
  overloads: number
  /** Money spent on a local day, `YYYY-MM-DD`. */
  day: { date: string; costUsd: number; budgetUsd?: number; warned?: boolean }
}

// ── Events ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The names are public: `--json` prints them, notifications and followers read them. */
export type EventType =
  | 'run.queued'
  | 'run.started'
  | 'run.ended'
  | 'run.reopened'
  | 'run.budget'
  | 'task.started'
  | 'task.continued'
  | 'task.interrupted'
  | 'task.verifying'
  | 'task.checked'
  | 'task.merging'
  | 'task.landed'
  | 'task.returned'
  | 'task.retrying'
  | 'task.taken-over'
  | 'task.handed-back'
  | 'task.done'
  | 'task.failed'
  | 'task.skipped'
  | 'task.blocked'
  | 'task.reset'
  | 'task.moved'
  | 'task.said'
  | 'task.budget'
  | 'task.undone'
  | 'attempt.started'
  | 'attempt.ended'
  | 'ask.opened'
  | 'ask.approved'
  | 'ask.answered'
  | 'ask.withdrawn'
  | 'ask.parked'
  | 'ask.reminded'
  | 'ask.snoozed'
  | 'grant.given'
  | 'grant.used'
  | 'queue.paused'
  | 'queue.resumed'
  | 'queue.held'
  | 'queue.released'
  | 'queue.budget'
  | 'deployment.started'
  | 'deployment.changed'
  | 'deployment.ended'
  | 'environment.changed'
  | 'note'

export interface BatonEvent {
  /** Position in the stream; given by the store. */
  seq: number
  at: number
  type: EventType
  queue: string
  runId?: string
  taskId?: string
  /** The task's number. */
  task?: number
  askId?: string
  /** One line for people. */
  text: string
  data?: Record<string, unknown>
}

/** An event before the store gave it its place. */
export type NewEvent = Omit<BatonEvent, 'seq'>

// ── Policy ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The part of the configuration that decisions depend on. */
export interface Policy {
  approval: {
    /** Where answers are taken: anywhere, or only where a chat tells who somebody is. Absent: anywhere. */
    from?: 'any' | 'phone'
    mode: 'marked' | 'all' | 'none'
    auto: string[]
    review: 'never' | 'marked' | 'always'
    checkpointAfter: string[]
  }
  onFailure: 'ask' | 'stop' | 'continue'
  retries: number
  /** Ceilings in USD; absent: none. */
  budget: { runUsd?: number | undefined; dayUsd?: number | undefined; taskUsd?: number | undefined }
  /** The configuration has checks, or a judge, for this task beside its own Verify commands. */
  hasChecks: (spec: TaskSpec) => boolean
  /** Somebody can answer: a terminal, the bot, the dashboard. */
  attended: boolean
  /** Who has which role; absent: there are none. */
  roles?: RoleBook
  /** Environments by name, each with the roles that have a say in it; none: everybody has. */
  environments?: Readonly<Record<string, { roles: readonly string[] }>>
  /** When an open ask is said again (0: never), and when not; absent: only when somebody snoozed it. */
  remind?: { afterMs: number; isQuiet: (at: number) => boolean }
  /** The share of the subscription that is left to the person, 0 to 1; absent: none. */
  keepShare?: number
  /** Whether a finding that weighs `ask` keeps a task from being done before a person has seen it. */
  guard: 'ask' | 'tell' | 'off'
  /** How many tasks may run at once; absent: one. */
  lanes?: number
  /** Where they are worked on; absent: in the project's own folder, which has one lane. */
  workspace?: 'in_place' | 'worktree'
  /** How often the merge line gives a task back to its session before a person is asked. */
  returns?: number
  /** Other projects use the same login of Claude: what affects one of them affects all. */
  sharesLogin?: boolean
  /** Something is left to do once a task has passed: `done` is written into its file, or its changes are committed. */
  finish: boolean
}
