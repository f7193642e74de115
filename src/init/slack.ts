import { hostname } from 'node:os'
import { askSlack, BOT_SCOPES, MANIFEST } from '../slack/setup-api.ts'
import { askForId, CHANNEL_QUESTION, type ChatOfferPorts, openChatSection, TRIES_OF_CHAT } from './chat-section.ts'
import type { Prompter } from './dialogue.ts'

const STEPS = `
To get Baton on Slack: open api.slack.com/apps, press Create New App, From a manifest, and paste this:

${MANIFEST}

Then install it to the workspace. Its bot token is under OAuth & Permissions; the other token is made under Basic Information,
App-Level Tokens, with connections:write.`
const NOT_AN_ID = 'That is not such an id. Slack shows them as described above.'

/** Sets up Slack where it is wanted: prints the manifest, checks tokens and scopes, and greets. Keeps what config.yaml says already. Gives what to do there once Baton runs. */
export async function offerSlack(ports: ChatOfferPorts, talk: Prompter): Promise<string | undefined> {
  const section = openChatSection('slack', ports, talk)
  if (!section) return undefined
  const address = { apiUrl: section.variable('SLACK_API_URL'), fetch: ports.fetch }
  const tokens = { bot: section.variable('SLACK_BOT_TOKEN'), app: section.variable('SLACK_APP_TOKEN') }
  if (!tokens.bot || !tokens.app) talk.say(STEPS)
  const bot = await askToken(
    { question: "Slack's bot token, xoxb-… (Enter to skip):", method: 'auth.test', given: tokens.bot },
    address,
    talk,
  )
  const app =
    bot &&
    (await askToken(
      { question: "Slack's app token, xapp-… (Enter to skip):", method: 'apps.connections.open', given: tokens.app },
      address,
      talk,
    ))
  if (!bot || !app) return leftOut(talk)
  const missing = BOT_SCOPES.filter((scope) => !bot.scopes.includes(scope))
  if (missing.length > 0)
    talk.say(`The app lacks ${missing.join(', ')}: add it under OAuth & Permissions, and install it again.`)
  talk.say("Ids: a member's is in their profile under ⋮, a channel's at the end of its details.")
  const channel = await askForId({ question: CHANNEL_QUESTION, form: /^[CG][A-Z0-9]+$/, otherwise: NOT_AN_ID }, talk)
  const user = await askForId({ question: 'Your own member id:', form: /^[UW][A-Z0-9]+$/, otherwise: NOT_AN_ID }, talk)
  await section.write({ channel, users: user ?? '' }, { SLACK_BOT_TOKEN: bot.token, SLACK_APP_TOKEN: app.token })
  const to = channel ?? user
  const words = `👋 Baton is set up on ${hostname()}. Nothing runs yet.`.replace(/[&<>]/g, '')
  const greeted = to === undefined ? undefined : await greet({ token: bot.token, ...address }, to, words)
  talk.say(
    greeted !== undefined && 'result' in greeted
      ? 'Baton has just written there.'
      : 'Baton could not write there yet: invite it (/invite @baton), then see doctor.',
  )
  return 'on Slack, write /baton start where Baton writes: it greets you and starts nothing'
}

function leftOut(talk: Prompter): undefined {
  talk.say('Slack was left out; run init again for it.')
}

async function greet(request: Parameters<typeof askSlack>[0], to: string, text: string) {
  if (!/^[UW]/.test(to)) return askSlack(request, 'chat.postMessage', { channel: to, text })
  const opened = await askSlack<{ channel: { id: string } }>(request, 'conversations.open', { users: to })
  return 'result' in opened
    ? askSlack(request, 'chat.postMessage', { channel: opened.result.channel.id, text })
    : undefined
}

async function askToken(
  { question, method, given }: { question: string; method: string; given: string | undefined },
  address: { apiUrl: string | undefined; fetch: typeof fetch },
  talk: Prompter,
): Promise<{ token: string; scopes: string[] } | undefined> {
  for (let turn = 0; turn < TRIES_OF_CHAT; turn++) {
    const token = turn === 0 && given ? given : await talk.ask(question)
    if (!token) return undefined
    const found = await askSlack<object>({ token, ...address }, method)
    if ('result' in found) return { token, scopes: found.scopes }
    talk.say(
      'refused' in found
        ? `Slack refuses this token (${found.refused}).`
        : `Slack cannot be reached: ${found.unreachable}.`,
    )
  }
  return undefined
}
