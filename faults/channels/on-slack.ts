import { startSlack } from '../../test/support/slack/server.ts'
import { earlyOnes, type ShownPost, type StartPlatform } from './platform.ts'

const CHANNEL = 'C1'

/** The stand-in of Slack. */
export const startOnSlack: StartPlatform = async (weather) => {
  // It sends again once and at once: what came while nobody listened has to be read.
  const slack = await startSlack({ pingMs: 500, retriesMs: [50] }, weather)
  const { world, events } = slack
  const ids = { anna: 'UANNA', mallory: 'UMALLORY' }
  slack.channel(CHANNEL, Object.values(ids))
  const all = () => [...world.channels.values()].flatMap(({ messages }) => messages)
  const sees = (channels: readonly string[], person: ReturnType<typeof slack.person>): ShownPost[] =>
    channels.flatMap((channel) =>
      person.sees(channel).map(({ ts, text, byBot, buttons }) => ({
        ...{ id: ts, channel, text, byBot },
        buttons: buttons.map(({ value }) => value),
      })),
    )
  const reader = slack.person({ id: 'UREADER', name: 'Reader' })
  return {
    surface: 'slack',
    env: `SLACK_BOT_TOKEN=${world.botToken}\nSLACK_APP_TOKEN=${world.appToken}\nSLACK_API_URL=${slack.apiUrl}\n`,
    config: (userIds) => `slack: {channel: ${CHANNEL}, users: [${userIds.join(', ')}]}\n`,
    secret: world.botToken,
    known: 'slack:since',
    ids,
    person: (who) => {
      const person = slack.person(who)
      return {
        ...who,
        sees: () => sees([CHANNEL], person),
        taps: ({ id, channel }, data) => void person.forges(channel, id, data),
        writes: (text, to) => void person.writes(to?.channel ?? CHANNEL, text, to && { thread: to.id }),
        asks: (words) => void person.writes(CHANNEL, `<@${world.botUser}> ${words}`),
        writesInPrivate: (text) => void person.writes(person.direct(), text),
        approvesBySign: ({ id, channel }) => void person.reacts(channel, id, '+1'),
        commands: (words) => void person.commands(CHANNEL, words),
      }
    },
    isReady: () => events.listening() === 2,
    isHeard: () => events.listening() === 2,
    // What came meanwhile is read again each time: there is nothing to be told from outside.
    hasGap: () => false,
    begin: async (outage) => {
      if (outage === 'cut' || outage === 'closed') events.cut()
      if (outage === 'asked') events.refresh(0)
      if (outage === 'frozen') events.freeze()
      if (outage === 'away') await slack.away()
    },
    end: async (outage) => {
      if (outage === 'away') await slack.back()
    },
    // Slack keeps nothing for whoever comes back.
    forget: () => {},
    posts: () => [...world.channels.keys()].flatMap((channel) => sees([channel], reader)).filter(({ byBot }) => byBot),
    everything: () =>
      JSON.stringify([
        all().filter(({ bot_id: bot }) => bot !== undefined),
        [...world.files.values()].map(({ bytes }) => String(bytes)),
        [...world.views.values()],
        events.sent.map(({ response }) => response),
      ]),
    toldTo: (personId) => [
      ...all()
        .filter(({ onlyFor }) => onlyFor === personId)
        .map(({ text }) => text),
      ...events.sent
        .filter(({ payload }) => payload.user_id === personId)
        .flatMap(({ response }) => (response?.text === undefined ? [] : [String(response.text)])),
    ],
    earlyPosts: () =>
      earlyOnes(
        slack.calls.map(({ method, fields, at, retryAfterMs }) => ({
          ...{ key: `${method} ${fields.channel ?? ''}`, at, isPost: method === 'chat.postMessage', retryAfterMs },
        })),
      ),
    counts: () => ({ 'sockets opened': slack.callsTo('apps.connections.open').length }),
    close: slack.close,
  }
}
