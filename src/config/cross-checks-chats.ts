import type { AllValues } from './build.ts'
import type { ConfigProblem } from './problem.ts'
import type { Environment } from './secrets.ts'
import type { YamlFile } from './yaml-file.ts'

/** What is missing so that people can be asked in chats, and can answer there. */
export function chatProblems(values: AllValues, yaml: YamlFile, environment: Environment): ConfigProblem[] {
  return [
    ...answers(values, yaml, environment),
    ...onSlack(values, yaml, environment),
    ...groupsWithoutChannel(values, yaml, environment),
  ]
}

/** Each brings a chat, in which people are known by their accounts. */
const PHONES = ['TELEGRAM_BOT_TOKEN', 'SLACK_BOT_TOKEN', 'DISCORD_TOKEN']

/** Without a chat nobody could answer. */
function answers(values: AllValues, yaml: YamlFile, environment: Environment): ConfigProblem[] {
  if (PHONES.some((name) => environment.values[name])) return []
  const refused = (from: string | undefined, path: string[]): ConfigProblem[] =>
    from === 'phone'
      ? [
          yaml.problemAt([...path, 'approval', 'from'], 'value', {
            severity: 'error',
            message: `there is no phone to answer from: none of ${PHONES.join(', ')} is set`,
            hint: 'Set it in .env (npm run init does), or accept answers from anywhere: `from: any`.',
          }),
        ]
      : []
  return [
    ...refused(values.approval.from, []),
    ...Object.entries(values.projects).flatMap(([name, { approval }]) => refused(approval?.from, ['projects', name])),
  ]
}

/** What is missing so that anybody can speak to Baton on Slack. */
function onSlack({ slack, roles }: AllValues, yaml: YamlFile, { secrets, placeOf }: Environment): ConfigProblem[] {
  const { slackBotToken: bot, slackAppToken: app } = secrets
  if (bot === undefined && app === undefined) {
    if (slack.users.length === 0 && slack.channel === undefined) return []
    const message = '`slack` is set, but SLACK_BOT_TOKEN and SLACK_APP_TOKEN are not in .env'
    return [yaml.problemAt(['slack'], 'key', { severity: 'warning', message, hint: 'See docs/slack.md.' })]
  }
  const [has, lacks] = bot === undefined ? (['APP', 'BOT'] as const) : (['BOT', 'APP'] as const)
  if (bot === undefined || app === undefined) {
    const message = `SLACK_${lacks}_TOKEN is missing beside SLACK_${has}_TOKEN`
    return [
      { severity: 'error', ...placeOf(`SLACK_${has}_TOKEN`), message, hint: 'Slack needs both: see docs/slack.md.' },
    ]
  }
  const members = Object.values(roles).flat()
  if (slack.users.length > 0 || members.some((member) => /^slack(-group)?:/.test(member))) return []
  const message = 'nobody may use Baton on Slack yet'
  return [{ severity: 'warning', ...placeOf('SLACK_BOT_TOKEN'), message, hint: 'Put member ids into `slack.users`.' }]
}

/** Why a group that `roles` name needs a channel to be asked in. */
const WITHOUT_CHANNEL = {
  slack: 'who is in it is asked only if slack.users has them: there is no channel to ask a group in',
  discord:
    'who has it is not asked: there is no channel to ask in, and in private chats Discord does not say who has a role',
} as const

/** Groups on Slack and roles on Discord are asked in the channel alone. */
function groupsWithoutChannel(
  { roles, slack, discord }: AllValues,
  yaml: YamlFile,
  { secrets }: Environment,
): ConfigProblem[] {
  const isWithout = {
    slack: secrets.slackBotToken !== undefined && slack.channel === undefined,
    discord: secrets.discordToken !== undefined && discord.channel === undefined,
  }
  return Object.entries(roles).flatMap(([role, members]) =>
    members.flatMap((member, index) => {
      const platform = (['slack', 'discord'] as const).find((name) => member.startsWith(`${name}-`))
      if (!platform || !isWithout[platform]) return []
      return [
        yaml.problemAt(['roles', role, index], 'value', {
          severity: 'warning',
          message: `${member}: ${WITHOUT_CHANNEL[platform]}`,
          hint: `Set \`${platform}.channel\`, or name people instead.`,
        }),
      ]
    }),
  )
}
