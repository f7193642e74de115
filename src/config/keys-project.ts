import { type Group, groups, key, optional, required } from './keys.ts'
import {
  anyText,
  choice,
  command,
  durationOf,
  list,
  nonEmptyText,
  share,
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
    'The command: text is run by a shell, several lines as one script that stops at the first failure; a list is run as it is.',
    'npm test',
  ),
  paths: optional(list(nonEmptyText), 'always', 'Run it only when files that match were changed.', '["src/**"]'),
  types: optional(list(nonEmptyText), 'all types', 'Run it only for tasks of these types.', '[backend]'),
  env: optional(
    list(variableName, 'names'),
    'none',
    'Names of environment variables that it gets beside those that Claude gets.',
    '[DATABASE_URL]',
  ),
  timeout: optional(clockTime, '`timeouts.verify`', 'Its own limit.', '10m'),
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
      'Where your answers are taken: anywhere, or on the phone only, and not at the terminal, the dashboard or over HTTP.',
    ),
    mode: key(
      choice('marked', 'all', 'none'),
      'marked',
      'Which tasks wait for a yes before they start: those marked "Requires Approval: true", all, or none.',
    ),
    auto: key(list(nonEmptyText), [], 'Task types that need no approval.', '[documentation, testing]'),
    review: key(
      choice('never', 'marked', 'always'),
      'never',
      'Which results wait for a look before the queue goes on: none, those of marked tasks, or all.',
    ),
    checkpoint_after: key(
      list(nonEmptyText),
      [],
      'Task types after which the queue stops for a look.',
      '[database, deployment]',
    ),
  },
  claude: {
    command: key(
      command,
      'claude',
      'The program. A list holds arguments too; words that begin with ./, ../ or ~/ are paths, seen from here.',
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
      'What Claude may do unasked. acceptEdits: edit files of the project; commands and all else are asked for, on the phone.',
    ),
    allowed_tools: key(
      list(nonEmptyText),
      [],
      'Calls that are never asked for.',
      '["Bash(npm test:*)", "Bash(npm run lint)"]',
    ),
    disallowed_tools: key(list(nonEmptyText), [], 'Calls that are never made.', '[WebFetch, "Bash(rm:*)"]'),
    max_turns: optional(whole(1), 'no limit', 'Turns of one attempt at a task.', '100'),
    budget_usd: optional(usdAmount, 'no limit', 'Cost of one task; at 80 % you are told, at 100 % asked.', '5'),
    append_prompt: key(anyText, '', "Your own words at the end of Claude's system prompt.", 'Answer in German.'),
    extra_args: key(list(nonEmptyText), [], 'Further arguments for the program.', '["--mcp-config", "mcp.json"]'),
    env: key(
      list(variableName, 'names'),
      [],
      "Names of further environment variables that Claude's process gets; it sees only a clean set otherwise.",
      '[DATABASE_URL]',
    ),
    sandbox: key(
      choice('off', 'on'),
      'off',
      "Claude's commands, checks and Run commands write in the project only, and read no secrets. Needs bubblewrap and socat on Linux.",
    ),
    warm: key(
      trueOrFalse,
      true,
      "Start the next task's Claude as soon as the current one has given its result; it waits for its turn, or is ended unused.",
    ),
    hold: key(
      timeSpan,
      '10m',
      'How long the process waits for your answer before it is ended; the answer continues it later. 0: end it at once.',
    ),
  },
  nice: key(
    whole(0, 19),
    10,
    'How far Claude, commands and checks make way for all else on the machine, your taps among it. 0: not at all.',
  ),
  git: key(
    choice('read', 'allow'),
    'read',
    'What Claude may do with git. read: look, but not add, commit, push, merge, rebase, reset, checkout or stash.',
  ),
  guard: key(
    choice('ask', 'tell', 'off'),
    'ask',
    'What becomes of a task that weakened tests, checks or rules. ask: you decide before it is done; tell: it is on the receipt.',
  ),
  prove: key(
    choice('off', 'new-tests'),
    'off',
    'What must be proved beyond the checks. new-tests: tests that the task adds fail on the tree before it; a task can say otherwise.',
  ),
  timeouts: {
    start: key(clockTime, '2m', 'Until the first sign of life. 0 switches a clock off, here and below.'),
    idle: key(clockTime, '15m', 'Without a sign of life. Waits for you do not count.'),
    task: key(clockTime, '2h', 'One attempt as a whole, waits for you not counted; a task can set its own.'),
    exit: key(clockTime, '30s', 'From the result to the end of the process.'),
    verify: key(clockTime, '10m', 'One check.'),
  },
  retries: key(whole(0, 20), 1, 'How often a failed task is tried again, in the same session, told what failed.'),
  on_failure: key(
    choice('ask', 'stop', 'continue'),
    'ask',
    'When a task has failed for good: ask what to do, stop the run, or go on with what does not depend on it.',
  ),
  budget: {
    run_usd: optional(usdAmount, 'no limit', 'Ceiling of a run; at 80 % you are told, at 100 % asked.', '20'),
    day_usd: optional(usdAmount, 'no limit', 'Ceiling of a day.', '50'),
  },
  limits: {
    keep: key(
      share,
      '0%',
      "Part of Claude's 5-hour and weekly limits that is left to you: no new task starts once the rest is used.",
    ),
  },
  verify: key(
    groups('checks, each with name and run', checkKeys),
    [],
    "Commands that must succeed before a task counts as done, after the task's own.",
    '- name: tests\n  run: npm test\n- name: types\n  run: [npx, tsc, --noEmit]\n  paths: ["**/*.ts"]\n  types: [backend]\n  env: [DATABASE_URL]\n  timeout: 5m',
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
    'Message of these commits; may hold {title}, {number}, {type}, {file} and {summary}.',
  ),
  push: key(trueOrFalse, false, 'Push these commits.'),
} satisfies Group
