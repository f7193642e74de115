import { MINUTE_MS } from '../text/durations.ts'
import { type Group, groups, key, optional, required } from './keys.ts'
import { environmentMap, pipelineKeys } from './keys-environment.ts'
import {
  anyText,
  choice,
  command,
  durationOf,
  issueBranch,
  jiraProjectKey,
  jiraQuery,
  list,
  memorySize,
  nonEmptyText,
  processors,
  publicUrl,
  repositoryName,
  share,
  slashCommand,
  timeSpan,
  trueOrFalse,
  usdAmount,
  variableName,
  whole,
} from './kinds.ts'

/** A shorter one would end everything before it has begun; 0 switches the clock off. */
const clockTime = durationOf(100, { orZero: true })

/** One entry of `verify`. */
const checkKeys = {
  name: required(nonEmptyText, 'What the check is called on receipts.', 'tests'),
  run: required(
    command,
    'The command: text is run by a shell, several lines as one script that stops at the first failure; a list is run as is.',
    'npm test',
  ),
  paths: optional(list(nonEmptyText), 'always', 'Run it only if matching files were changed.', '["src/**"]'),
  types: optional(list(nonEmptyText), 'all types', 'Run it only for tasks of these types.', '[backend]'),
  env: optional(
    list(variableName, 'names'),
    'none',
    'Names of environment variables that it gets in addition to those Claude gets.',
    '[TEST_DATABASE_URL]',
  ),
  timeout: optional(clockTime, '`timeouts.verify`', 'Its own time limit.', '10m'),
} satisfies Group

/** How a project's tasks are worked on. Each of these may be set again for one of several `projects`. */
export const projectKeys = {
  order: key(
    choice('written', 'priority'),
    'written',
    'Order of work: as written, or high priority first. A task always waits for what it depends on.',
  ),
  mark: key(trueOrFalse, true, 'Write "done" into the task file, so that a later run skips the task.'),
  watch: key(trueOrFalse, false, 'Offer new or changed task files on the phone.'),
  approval: {
    from: key(
      choice('any', 'phone'),
      'any',
      'Where your answers are accepted from: anywhere, or only from the phone, not from the terminal, the dashboard or HTTP.',
    ),
    mode: key(
      choice('marked', 'all', 'none'),
      'marked',
      'Which tasks need your approval before they start: those marked "Requires Approval: true", all, or none.',
    ),
    auto: key(list(nonEmptyText), [], 'Task types that need no approval.', '[documentation, testing]'),
    review: key(
      choice('never', 'marked', 'always'),
      'never',
      'Which results wait for your review before the queue continues: none, those of marked tasks, or all.',
    ),
    checkpoint_after: key(
      list(nonEmptyText),
      [],
      'Task types after which the queue stops for a review.',
      '[database, deployment]',
    ),
  },
  claude: {
    command: key(
      command,
      'claude',
      'The program. A list holds arguments too; words that begin with ./, ../ or ~/ are paths relative to this file.',
    ),
    model: optional(nonEmptyText, "Claude Code's own", 'Model; a task can name another.', 'opus'),
    effort: optional(
      choice('low', 'medium', 'high', 'xhigh', 'max'),
      "Claude Code's own",
      'How hard the model thinks; a task can name another.',
      'high',
    ),
    permission_mode: key(
      choice('default', 'manual', 'acceptEdits', 'auto', 'dontAsk', 'plan', 'bypassPermissions'),
      'acceptEdits',
      'What Claude may do unasked. acceptEdits: edit files of the project; commands and everything else are asked for on your phone.',
    ),
    allowed_tools: key(
      list(nonEmptyText),
      [],
      'Calls that are allowed without asking.',
      '["Bash(npm test:*)", "Bash(npm run lint)"]',
    ),
    disallowed_tools: key(list(nonEmptyText), [], 'Calls that are never allowed.', '[WebFetch, "Bash(rm:*)"]'),
    max_turns: optional(whole(1), 'no limit', 'Turns of one attempt at a task.', '100'),
    budget_usd: optional(usdAmount, 'no limit', 'Cost of one task; at 80% you are notified, at 100% asked.', '5'),
    append_prompt: key(anyText, '', "Your own words at the end of Claude's system prompt.", 'Answer in German.'),
    extra_args: key(list(nonEmptyText), [], 'Further arguments for the program.', '["--mcp-config", "mcp.json"]'),
    env: key(
      list(variableName, 'names'),
      [],
      "Names of further environment variables that Claude's process gets; otherwise it only sees a clean set.",
      '[TEST_DATABASE_URL]',
    ),
    sandbox: key(
      choice('off', 'on'),
      'off',
      "Claude's commands, checks and Run commands write in the project only, and read no secrets. Needs bubblewrap and socat on Linux.",
    ),
    warm: key(
      trueOrFalse,
      true,
      "Start the next task's Claude as soon as the current one has given its result, or a moment before where tasks take seconds; it waits for its turn, or is stopped unused.",
    ),
    hold: key(
      timeSpan,
      '10m',
      'How long the process waits for your answer before it is stopped; the answer continues it later. 0: stop it at once.',
    ),
  },
  nice: key(
    whole(0, 19),
    10,
    'How far Claude, commands and checks yield to everything else on the machine, including your taps. 0: not at all.',
  ),
  git: key(
    choice('read', 'allow'),
    'read',
    'What Claude may do with git. read: look, but not add, commit, push, merge, rebase, reset, checkout or stash.',
  ),
  guard: key(
    choice('ask', 'tell', 'off'),
    'ask',
    'What happens to a task that weakened tests, checks or rules. ask: you decide before it is done; tell: it is noted on the receipt.',
  ),
  prove: key(
    choice('off', 'new-tests'),
    'off',
    'What must be proved beyond the checks. new-tests: tests that the task adds fail on the tree before it; a task can say otherwise.',
  ),
  timeouts: {
    start: key(clockTime, '2m', 'Until the first sign of life. 0 turns a timeout off, here and below.'),
    idle: key(clockTime, '15m', 'Without a sign of life. Time spent waiting for you does not count.'),
    task: key(clockTime, '2h', 'One whole attempt, not counting time spent waiting for you; a task can set its own.'),
    exit: key(clockTime, '30s', 'From the result to the end of the process.'),
    verify: key(clockTime, '10m', 'One check.'),
  },
  retries: key(whole(0, 20), 1, 'How often a failed task is retried, in the same session, with what failed.'),
  on_failure: key(
    choice('ask', 'stop', 'continue'),
    'ask',
    'When a task has failed for good: ask what to do, stop the run, or continue with what does not depend on it.',
  ),
  budget: {
    run_usd: optional(usdAmount, 'no limit', 'Limit for a run; at 80% you are notified, at 100% asked.', '20'),
    day_usd: optional(usdAmount, 'no limit', 'Limit for a day.', '50'),
  },
  limits: {
    keep: key(
      share,
      '0%',
      "Part of Claude's 5-hour and weekly limits that is kept for you: no new task starts once the rest is used.",
    ),
  },
  verify: key(
    groups('checks, each with name and run', checkKeys),
    [],
    "Commands that must succeed before a task counts as done, after the task's own.",
    '- name: tests\n  run: npm test\n- name: types\n  run: [npx, tsc, --noEmit]\n  paths: ["**/*.ts"]\n  types: [backend]\n  env: [TEST_DATABASE_URL]\n  timeout: 5m',
  ),
  judge: key(trueOrFalse, false, 'Have a second, read-only Claude check each acceptance criterion. Costs tokens.'),
  commit: key(choice('never', 'per-task'), 'never', "Whether Baton commits a finished task's changes."),
  branch: key(
    choice('current', 'per-run', 'per-task'),
    'current',
    'Where these commits go: the branch you are on, or a new one.',
  ),
  commit_message: key(
    nonEmptyText,
    '{title}',
    'Message of these commits; may contain {title}, {number}, {type}, {file} and {summary}.',
  ),
  push: key(trueOrFalse, false, 'Push these commits.'),
  lanes: key(
    whole(1, 10),
    1,
    'How many tasks are worked on at once. With 2 or more, each gets a git worktree and a branch of its own.',
  ),
  workspace: optional(
    choice('in_place', 'worktree'),
    'in_place with one lane, worktree with more',
    "Where tasks are worked on: in the project's own tree, or each in a git worktree, from which its work is merged.",
    'worktree',
  ),
  lane_limits: {
    memory: optional(
      memorySize,
      'no limit',
      'Memory of one task: of each process, and of Claude and all it started together, which are stopped above it. 1g or more; Linux.',
      '4g',
    ),
    cpu: optional(
      processors,
      'no limit',
      'Processors that one task may use, such as 2 or 0.5. Needs a systemd for your user (doctor says whether there is one).',
      '2',
    ),
  },
  hooks: {
    before_task: key(
      list(command),
      [],
      "Commands that are run in the task's folder before its first attempt; if one fails, only this task fails.",
      '[./scripts/reset-database.sh]',
    ),
    after_task: key(
      list(command),
      [],
      'Commands that are run once a started task is done, failed or skipped; a failure is reported and changes nothing.',
      '[\'./scripts/report.sh "$BATON_TASK_STATUS"\']',
    ),
  },
  worktree: {
    dir: key(nonEmptyText, '.baton/worktrees', 'Folder for the worktrees.'),
    copy: key(
      list(nonEmptyText),
      [],
      'Untracked files that each worktree gets a copy of, beside those that .worktreeinclude names; patterns as in .gitignore.',
      '[.env.local]',
    ),
    setup: key(
      list(nonEmptyText),
      [],
      'Commands that are run once in each fresh worktree, and again when a lock file changed.',
      '[npm ci]',
    ),
    keep: key(whole(0, 20), 3, 'Free worktrees that stay for the next tasks.'),
  },
  merge: {
    into: key(
      nonEmptyText,
      'run',
      'Branch that finished work is merged into. run: baton/<run>/merged; current: that one, and your branch follows where it can.',
      'develop',
    ),
    method: key(choice('squash', 'merge'), 'squash', 'One commit a task, or a merge commit with its history.'),
    verify: key(list(nonEmptyText), [], 'Further commands that must succeed on what is merged.', '[npm run test:all]'),
    returns: key(
      whole(0, 10),
      2,
      'How many times work that conflicts with what was merged meanwhile goes back to its own session before you are asked.',
    ),
  },
  github: {
    repo: optional(
      repositoryName,
      'GitHub is not used',
      "The project's repository on GitHub; its issues become tasks, and their work pull requests. The token: GITHUB_TOKEN, else that of gh.",
      'acme/app',
    ),
    label: key(
      nonEmptyText,
      'ready',
      'An open issue with this label becomes a task; the label is taken off when work begins.',
    ),
    branch: key(issueBranch, 'feature/issue-{number}', 'Branch that the work on an issue is pushed to.'),
    review: key(
      choice('all', 'requested', 'none'),
      'all',
      'Which pull requests Baton reviews: all new ones and new pushes to them, those it is asked to, or none.',
    ),
    merge: {
      command: key(slashCommand, '/merge', 'Comment by which somebody with write access has a pull request merged.'),
      method: key(choice('squash', 'merge', 'rebase'), 'squash', 'How it is merged.'),
      checks: key(
        list(nonEmptyText),
        [],
        'Commands that must succeed on head and base combined, before it is merged.',
        '[npm test]',
      ),
      ci: key(trueOrFalse, true, 'Wait for statuses and check runs on GitHub before merging.'),
      wait: key(
        durationOf(MINUTE_MS, { orZero: true }),
        '1d',
        'How long to wait for them before the merge is given up, which a comment says. 0: as long as it takes.',
      ),
    },
    bots: key(list(nonEmptyText, 'names'), [], 'Logins of bots that may ask for something.', '["renovate[bot]"]'),
    poll: key(durationOf(10_000), '60s', 'How often to check GitHub; a webhook makes it sooner.'),
  },
  jira: {
    url: optional(publicUrl, 'JIRA_URL in .env', 'The site whose tickets become tasks.', 'https://acme.atlassian.net'),
    project: optional(jiraProjectKey, 'Jira is not used', "The project's key there.", 'BAT'),
    jql: key(jiraQuery, 'labels = baton', 'Which of its open tickets become tasks.'),
    status: {
      running: key(nonEmptyText, 'In Progress', 'Status, or category of statuses, of a ticket that is worked on.'),
      waiting: optional(nonEmptyText, 'it stays where it is', 'The same while somebody has to decide.', 'Blocked'),
      done: key(nonEmptyText, 'Done', 'The same when it is done.'),
      failed: optional(nonEmptyText, 'it stays where it is', 'The same when it failed.', 'To Do'),
      undone: key(nonEmptyText, 'To Do', 'The same when it was undone.'),
    },
    reporters: key(
      list(nonEmptyText, 'account ids'),
      [],
      'Account ids of those whose tickets become tasks, and who may label those of others. Tickets of anybody else are only reported.',
      '["5b10a2844c20165700ede21g"]',
    ),
    poll: key(durationOf(10_000), '60s', 'How often to check Jira.'),
  },
  environments: key(
    environmentMap,
    {},
    'Where the pipelines in pipelines/ deploy to. See docs/pipelines.md.',
    'production:\n  branches: [main]\n  approve: [ops]\n  deploy: ./deploy.sh\n  check: {url: "https://app.example/health", contains: $SHA}\n  rollback: ./deploy.sh $PREVIOUS_SHA',
  ),
  pipelines: pipelineKeys,
} satisfies Group
