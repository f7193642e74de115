import { z } from 'zod/v3'
import { type LedgerProperty, PROPERTY_TYPES } from '../core/ledger-properties.ts'
import { ACCOUNT_EXPECTED, type Account, readAccount } from '../core/people.ts'
import { MEMBER_EXPECTED, readMember } from '../core/roles.ts'
import { checkerOf, type Group, groups, type Key, key, optional, required, type Values, type Written } from './keys.ts'
import { projectKeys } from './keys-project.ts'
import {
  address,
  choice,
  clockRange,
  durationOf,
  hiddenText,
  lateness,
  list,
  nonEmptyText,
  ofForm,
  publicUrl,
  timeOfDay,
  timezone,
  trueOrFalse,
  type ValueKind,
  whole,
} from './kinds.ts'

/** Types of the notifications that are sent out; the words of the contract with receivers. */
export const NOTIFICATION_TYPES = [
  'session_start',
  'task_start',
  'task_complete',
  'task_failed',
  'session_complete',
  'question',
  'info',
  'success',
  'warning',
  'error',
] as const

/** One entry of `projects`. */
export const namedProjectKeys = {
  path: required(nonEmptyText, 'Where Claude works.', '../web'),
  tasks: optional(list(nonEmptyText), '`tasks/<name>/*.md`', 'Its task files.', 'tasks/web/*.md'),
  ...projectKeys,
} satisfies Group

const groupId: ValueKind<number> = {
  ...whole(-Number.MAX_SAFE_INTEGER),
  expected: 'the id of a group, as in -1001234567890',
}

const DISCORD_ID = 'an id of Discord in quotes, as in "900000000000000002"'

/** Longer than numbers are exact: without quotes it would be another id. Names have small letters; others could take them. */
const discordId = ofForm(/^[0-9A-Z]{1,20}$/, DISCORD_ID)

const soundKind = choice('needed', 'ends', 'all')
const remindAfter = durationOf(1_000, { orZero: true })

/** A key of Telegram's that has come to hold for every chat. */
const older = <T>(kind: ValueKind<T>, name: string): Key<T | undefined> => ({
  ...optional(kind, `\`chat.${name}\``, `The older name of \`chat.${name}\`.`, ''),
  isOld: true,
})

const accountKind: ValueKind<Account> = {
  schema: z.string().transform((written, context): Account => {
    const account = readAccount(written)
    if (account) return account
    context.addIssue({ code: 'custom', message: `expected ${ACCOUNT_EXPECTED}` })
    return z.NEVER
  }),
  expected: ACCOUNT_EXPECTED,
}

const slackUser = ofForm(/^[UW][A-Z0-9]{1,30}$/, "a member id like U0123456789: in Slack under somebody's profile, ⋮")
const slackChannel = ofForm(
  /^[CG][A-Z0-9]{1,30}$/,
  "a channel id like C0123456789: in Slack at the end of a channel's details",
)

const memberKind: ValueKind<string> = {
  schema: z.union([z.string(), z.number()]).transform((written, context): string => {
    const member = readMember(String(written))
    if (member !== undefined) return member
    context.addIssue({ code: 'custom', message: `expected ${MEMBER_EXPECTED}` })
    return z.NEVER
  }),
  expected: MEMBER_EXPECTED,
}

const loginKind: ValueKind<string> = {
  schema: z.string().transform((written, context): string => {
    const member = readMember(written)
    if (member?.startsWith('github:')) return member
    context.addIssue({ code: 'custom', message: 'expected github:LOGIN' })
    return z.NEVER
  }),
  expected: 'github:LOGIN',
}

const NAME = /^[a-z][a-z0-9_-]{0,31}$/
const NAME_EXPECTED = 'a name of small letters, digits, - and _, at most 32 of them'

const machineName = ofForm(/^(?!any$)[a-z0-9][a-z0-9_-]{0,31}$/, `${NAME_EXPECTED}, and not “any”`)

/** One entry of `people`. */
const personKeys = {
  accounts: required(
    list(accountKind, 'accounts'),
    'Their accounts. The first gets every message and question; the others get questions about what was started there. An answer counts on any of them.',
    '[telegram:42]',
  ),
  sound: optional(soundKind, '`chat.sound`', 'What makes a sound for them.', 'ends'),
  logins: optional(
    list(loginKind, 'logins'),
    'none',
    'Who they are where code is pushed, so that nobody approves what they pushed themselves.',
    '[github:anna]',
  ),
} satisfies Group

const members = list(memberKind, `members, each ${MEMBER_EXPECTED}`)

const roleMap: ValueKind<Record<string, string[]>> = {
  schema: z.record(z.string().regex(NAME, NAME_EXPECTED), members.schema),
  expected: 'roles by name, each with a list of members',
  each: members,
}

const personMap: ValueKind<Record<string, Values<typeof personKeys>>> & { group: Group } = {
  schema: z.record(z.string().regex(NAME, NAME_EXPECTED), checkerOf(personKeys, { defaults: true })),
  expected: 'people by name, each with accounts',
  group: personKeys,
}

const propertyKeys = {
  type: required(choice(...PROPERTY_TYPES), 'The type that the property has in Notion.', 'title'),
  source: required(ofForm(/^[a-z][a-z_.]*$/, 'the name of a fact, such as title'), 'The fact.', 'title'),
} satisfies Group

/** A property of a page, by its name. */
const property: ValueKind<LedgerProperty> & { keys: Group } = {
  schema: checkerOf(propertyKeys, { defaults: true }),
  expected: 'the type and the source of a property, as in {type: title, source: title}',
  keys: propertyKeys,
}

const propertyMap: ValueKind<Record<string, LedgerProperty>> = {
  schema: z.record(z.string().min(1).max(100), property.schema),
  expected: `properties by name, each {type: ${PROPERTY_TYPES.join(' | ')}, source: the name of a fact}`,
  each: property,
}

const projectMap: ValueKind<Record<string, Written<typeof namedProjectKeys> & { path: string }>> & { group: Group } = {
  schema: z.record(
    z.string().regex(NAME, NAME_EXPECTED),
    checkerOf(namedProjectKeys, { defaults: false }).superRefine((written, context) => {
      if (written.path === undefined) context.addIssue({ code: 'custom', path: ['path'], message: 'missing' })
    }),
  ) as z.ZodType<Record<string, Written<typeof namedProjectKeys> & { path: string }>, z.ZodTypeDef, unknown>,
  expected: 'projects by name, each with a path',
  group: namedProjectKeys,
}

/** One entry of `schedule`. */
const scheduleKeys = {
  cron: required(nonEmptyText, 'When, as five cron fields.', '"0 8 * * 1-5"'),
  files: optional(
    list(nonEmptyText),
    'the files of `tasks`',
    'Task files; {yyyy-MM-dd} becomes the date.',
    '"tasks/{yyyy-MM-dd}.md"',
  ),
  project: optional(nonEmptyText, 'the only or first project', 'Which of several projects.', 'web'),
  auto_approve: key(trueOrFalse, false, 'The same as `--auto-approve`.'),
  timezone: optional(timezone, '`timezone`', 'Time zone of the fields.', 'Europe/Berlin'),
  catch_up: key(
    lateness,
    '12h',
    'A start that was missed while the machine slept still happens, if no later than this.',
  ),
} satisfies Group

/** One entry of `notify`. */
const notifyKeys = {
  url: required(address, 'Address; $NAME takes it from .env.', 'https://n8n.example/webhook/baton'),
  format: key(choice('n8n', 'json', 'slack', 'discord'), 'n8n', 'Shape of the message.'),
  events: optional(
    list(choice(...NOTIFICATION_TYPES), NOTIFICATION_TYPES.join(', ')),
    'all',
    'Only these types.',
    '[question, task_failed]',
  ),
  secret: optional(
    hiddenText,
    'unsigned',
    'Signs each request (HMAC-SHA256); $NAME takes it from .env.',
    '$NOTIFY_SECRET',
  ),
} satisfies Group

/** Every key of config.yaml. */
export const allKeys = {
  project: optional(
    nonEmptyText,
    "`.`; in Baton's own checkout `work`, created when needed",
    'The folder that Claude works in; never one that holds Baton itself.',
    '../my-project',
  ),
  projects: key(
    projectMap,
    {},
    'Several projects, each with its own queue; every key down to `push` can also be set for one of them.',
    'web:\n  path: ../web\n  tasks: tasks/web/*.md\napi:\n  path: ../api\n  claude:\n    model: opus',
  ),
  tasks: key(list(nonEmptyText), 'tasks/*.md', 'The task files: one pattern or a list of them.'),
  ...projectKeys,
  state: key(nonEmptyText, '.baton', 'Folder of the state database, its lock and the generated API token.'),
  logs: key(nonEmptyText, 'logs', 'Folder of the logs.'),
  keep: {
    runs: key(whole(1), 200, 'How many finished runs are kept.'),
    days: key(whole(1), 90, 'How many days finished runs and their logs are kept.'),
    log_mb: key(whole(1), 500, 'How many megabytes of task logs are kept.'),
    attempt_log_mb: key(
      whole(1),
      50,
      'Megabytes of each log of one attempt: of longer ones, the beginning and the end are kept.',
    ),
  },
  timezone: optional(timezone, "the machine's", 'Time zone of days, quiet hours and schedules.', 'Europe/Berlin'),
  chat: {
    quiet_hours: optional(clockRange, 'none', 'Messages make no sound during this time.', '"22:00-07:00"'),
    sound: key(
      soundKind,
      'needed',
      'What makes a sound: what needs you and the end of a run, the end of each task too, or everything.',
    ),
    remind_after: key(remindAfter, '30m', 'Remind once of a question that has waited this long. 0: never.'),
    progress: key(
      durationOf(1_000),
      '10s',
      "How often a running task's message is updated, at most; at least every 30 s.",
    ),
    inbox: key(
      nonEmptyText,
      '.baton/inbox',
      'Folder, relative to the project, for files that you send along with an answer.',
    ),
  },
  telegram: {
    chats: key(
      list(groupId, 'ids'),
      [],
      'Ids of groups in which the allowed users may use the bot.',
      '[-1001234567890]',
    ),
    quiet_hours: older(clockRange, 'quiet_hours'),
    sound: older(soundKind, 'sound'),
    remind_after: older(remindAfter, 'remind_after'),
    progress: older(durationOf(1_000), 'progress'),
    inbox: older(nonEmptyText, 'inbox'),
  },
  discord: {
    channel: optional(
      discordId,
      'in private with each user',
      'The channel for messages and questions, with a thread for each run.',
      '"900000000000000002"',
    ),
    users: key(
      list(discordId, 'ids in quotes'),
      [],
      'Who may use the bot there, beside the members of `roles`.',
      '["42…"]',
    ),
  },
  slack: {
    channel: optional(
      slackChannel,
      'in private with each user',
      'Id of the channel for messages and questions, with a thread for each run.',
      'C0123456789',
    ),
    users: key(
      list(slackUser, 'member ids'),
      [],
      'Member ids of the people who may use it, beside the members of `roles`; nobody else may, whatever channel they are in.',
      '[U0123456789]',
    ),
  },
  people: key(
    personMap,
    {},
    'People who have several accounts, or want more or fewer sounds than others.',
    'anna:\n  accounts: [telegram:42]\n  sound: ends',
  ),
  roles: key(
    roleMap,
    {},
    'Who has which role: accounts, groups, or the dashboard. A task or an environment can require the approval of a role.',
    'dev: [telegram:42]\nops: [telegram:43, github:anna, dashboard]',
  ),
  http: {
    enabled: key(trueOrFalse, true, 'Dashboard and HTTP API, while the daemon runs.'),
    host: key(nonEmptyText, '127.0.0.1', 'Address to listen on; any but this machine needs API_TOKEN in .env.'),
    port: key(whole(0, 65_535), 7077, 'Port to listen on.'),
    url: optional(
      publicUrl,
      'http://host:port',
      'The address people use to reach it, for links and logins; with its path, if a proxy serves it below one.',
      'https://host.example/baton',
    ),
    allowed_hosts: key(list(nonEmptyText), [], 'Further host names it answers to.', '[host.docker.internal]'),
  },
  notify: key(
    groups('receivers, each with a url', notifyKeys),
    [],
    'Other systems to notify of what happens.',
    '- url: $N8N_URL\n  format: n8n\n  events: [question, task_failed, session_complete]\n  secret: $NOTIFY_SECRET',
  ),
  notion: {
    database: optional(
      nonEmptyText,
      'no ledger',
      'Id of the database in Notion that gets a page of each run and deployment; the token is NOTION_TOKEN in .env.',
      '1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d',
    ),
    source: optional(
      nonEmptyText,
      'its only data source',
      'Which data source, where the database has several.',
      'Runs',
    ),
    properties: key(
      propertyMap,
      {},
      'What each page shows, one property a line; nothing: all there is (docs/notion.md).',
      'Name: {type: title, source: title}\nID: {type: rich_text, source: id}\nStatus: {type: select, source: status}',
    ),
  },
  heartbeat: {
    url: optional(
      address,
      'no pings',
      "Pinged while Baton is well, so that a dead-man's switch elsewhere notices when it is not; $NAME takes it from .env.",
      '$HEARTBEAT_URL',
    ),
    every: key(durationOf(10_000), '5m', 'How often; at least 10s.'),
  },
  schedule: key(
    groups('starts, each with cron', scheduleKeys),
    [],
    'Runs that start automatically while the daemon runs.',
    '- cron: "0 8 * * 1-5"\n  files: "tasks/{yyyy-MM-dd}.md"\n  auto_approve: false\n  timezone: Europe/Berlin\n  catch_up: 12h',
  ),
  daily: {
    morning: optional(timeOfDay, 'no message', 'When the bot says what is planned.', '"08:00"'),
    evening: optional(timeOfDay, 'no message', 'When the bot says what was done.', '"18:00"'),
  },
  machine: {
    name: optional(
      machineName,
      "the host's name",
      'What this machine is called among those that share a DATABASE_URL (docs/machines.md).',
      'studio',
    ),
    labels: key(list(machineName, 'names'), [], 'What it can do: `baton tasks --on label:gpu`.', '[gpu]'),
  },
  log: {
    level: key(choice('error', 'warn', 'info', 'debug', 'trace'), 'info', 'How much Baton writes to its own log.'),
  },
} satisfies Group
