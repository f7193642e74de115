import { z } from 'zod/v3'
import { checkerOf, type Group, key, optional, required, type Values } from './keys.ts'
import {
  choice,
  durationOf,
  list,
  nonEmptyText,
  trueOrFalse,
  type ValueKind,
  variableName,
  webAddress,
  whole,
} from './kinds.ts'

const NAME = /^[a-z][a-z0-9_-]{0,31}$/i

/** Commands of one kind, each run by a shell; one text may be a script of several lines. */
const commands = list(nonEmptyText, 'commands')

/** How a page is looked at after a deployment. */
const checkKeys = {
  url: required(
    webAddress,
    'Address to request; it may contain $SHA and the other variables.',
    'https://app.example/health',
  ),
  status: key(whole(100, 599), 200, 'Status of a good answer.'),
  contains: optional(
    nonEmptyText,
    'any text',
    'What a good answer contains; with $SHA it proves which commit answers.',
    '$SHA',
  ),
  for: key(
    durationOf(0, { orZero: true }),
    '0',
    'How long the answers must be good, without a bad one in between. 0: one is enough.',
  ),
  every: key(durationOf(100), '5s', 'How often to request it.'),
  within: key(durationOf(100), '5m', 'How long after the deployment it may take to get there.'),
} satisfies Group

type UrlCheck = Values<typeof checkKeys>

const CHECK_EXPECTED = 'commands, or {url, status, contains, for, every, within}'

/** Commands, or an address to look at. */
const checkKind: ValueKind<string[] | UrlCheck> & { keys: Group } = {
  schema: z.unknown().transform((written, context): string[] | UrlCheck => {
    const isGroup = typeof written === 'object' && written !== null && !Array.isArray(written)
    const read = (isGroup ? checkerOf(checkKeys, { defaults: true }) : commands.schema).safeParse(written)
    if (read.success) return read.data as string[] | UrlCheck
    const none: z.IssueData[] = [{ code: 'custom', message: `expected ${CHECK_EXPECTED}` }]
    // Each wrong key is reported; what has no keys is neither commands nor an address.
    for (const issue of isGroup ? read.error.issues : none) context.addIssue(issue)
    return z.NEVER
  }),
  expected: CHECK_EXPECTED,
  keys: checkKeys,
}

/** One entry of `environments`. */
export const environmentKeys = {
  branches: key(
    list(nonEmptyText),
    [],
    'Branches whose commits may be deployed there, as patterns; none: any.',
    '[main, "release/*"]',
  ),
  approve: key(
    list(nonEmptyText, 'roles'),
    [],
    'Roles that approve each deployment; none: it deploys without a person.',
    '[ops]',
  ),
  approvals: key(whole(1, 10), 1, 'How many different people must approve.'),
  not_requester: key(trueOrFalse, false, 'Whoever pushed a commit, or asked for it, does not approve it.'),
  deploy: required(commands, 'Commands that deploy $SHA, in a clean worktree of exactly that commit.', './deploy.sh'),
  before: optional(
    nonEmptyText,
    'the last commit whose check passed',
    'Command that prints the release that runs now, as one line; it becomes $PREVIOUS_RELEASE.',
    './current-release.sh',
  ),
  check: optional(
    checkKind,
    'the deploy commands prove enough',
    'Commands that must succeed after a deployment, or an address that must answer.',
    '{url: "https://app.example/health", contains: $SHA, for: 60s}',
  ),
  rollback: optional(
    commands,
    'nothing is rolled back',
    'Commands that bring back $PREVIOUS_SHA or $PREVIOUS_RELEASE.',
    './deploy.sh $PREVIOUS_SHA',
  ),
  on_red: key(
    choice('rollback', 'ask', 'never'),
    'rollback',
    'What to do when the check is red: roll back at once, ask, or nothing.',
  ),
  migrations: key(
    list(nonEmptyText),
    ['**/migrations/**', '**/migrate/**', '**/*.sql'],
    'Files that change data, such as migrations: if a commit touches one, Baton asks before it rolls back.',
    '["db/**"]',
  ),
  env: key(
    list(variableName, 'names'),
    [],
    'Names from .env that these commands get, and nobody else.',
    '[HEROKU_API_KEY]',
  ),
  freeze: key(
    list(nonEmptyText),
    [],
    'When nothing may be deployed: cron fields of the start / how long.',
    '["0 18 * * 5 / 62h"]',
  ),
  timeout: key(durationOf(1_000), '30m', 'Time limit of each of these commands.'),
  url: optional(nonEmptyText, 'none', 'Where people see what runs there.', 'https://app.example'),
} satisfies Group

export const environmentMap: ValueKind<Record<string, Values<typeof environmentKeys>>> & { group: Group } = {
  schema: z.record(
    z.string().regex(NAME, 'a name of letters, digits, - and _, at most 32 of them'),
    checkerOf(environmentKeys, { defaults: true }),
  ),
  expected: 'environments by name, each with deploy',
  group: environmentKeys,
}

/** How pipelines are started. */
export const pipelineKeys = {
  remote: key(nonEmptyText, 'origin', 'The remote whose branches are watched.'),
  poll: key(durationOf(1_000), '60s', 'How often to check them; a webhook of GitHub makes it sooner.'),
  lanes: key(whole(1, 10), 4, 'How many steps run at once.'),
  fix: key(
    choice('pull-request', 'branch'),
    'pull-request',
    "Where Claude's fix for a step goes: a pull request (a branch of its own without `github`), or the branch that was pushed.",
  ),
} satisfies Group
