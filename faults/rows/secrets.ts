import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row, RowRun } from '../row.ts'
import { spendDay } from '../secrets/day.ts'
import { openSecretsHouse, type SecretsHouse } from '../secrets/house.ts'
import { createLook, type Output } from '../secrets/look.ts'
import { chatOutputs, commandOutput, filesIn, httpOutputs } from '../secrets/outputs.ts'

/**
 * What is promised: every value of the configuration that is secret (`.env`, the addresses of receivers, what Claude logs
 * in with), in any of its forms (as it is, in JSON, HTML, an address, base64, hexadecimal), and every token of a known shape
 * (Telegram, Anthropic, GitHub, Slack, bearers) as it is, is hidden in what Baton says: in chats, logs, reports, pages,
 * events, notifications, on the terminal, in errors. One that is taken apart, so that only who reads the text as it is shown
 * sees it whole (signs of Markdown, links, entities, characters that draw nothing, colours of a terminal), is hidden where
 * it is shown like that: in chats, the dashboard, the report, the terminal and the logs to read. What nobody set and what has no shape of a token is not known to be a
 * secret.
 *
 * What stays as it is, since it is the user's own: the task files, the work tree and its git history, the agent's sessions,
 * and the state database, which holds task files and answers byte for byte and is readable by its owner alone.
 */
export const secretsRow: Row = {
  number: 13,
  title: 'secrets planted in every input, searched in every output',
  unit: 'secrets',
  sizes: { test: 40, small: 300, large: 10_000 },
  controls: [
    { breaks: 'the chat shows secrets', size: 40 },
    { breaks: 'pieces are searched one by one', size: 40 },
    { breaks: 'the logs show secrets', size: 40 },
    { breaks: 'pages show secrets', size: 40 },
    { breaks: 'secrets that were taken apart are not put together', size: 40 },
  ],
  async run(run) {
    for (let done = 0; done < run.size && !run.isEnough(); )
      done += await playHouse(run, Math.min(MOST_SHAPED, Math.max(20, run.size - done - CONFIGURED)))
  },
}

const MOST_SHAPED = 130
/** Those of the configuration, and those that are taken apart. */
const CONFIGURED = 11 + 13

async function playHouse(run: RowRun, shaped: number): Promise<number> {
  const house = await openSecretsHouse(run.random.fork(), shaped, run.breaks)
  const look = createLook(house.secrets)
  let isClosed = false
  const search = (outputs: Output[]) => {
    for (const output of outputs) {
      run.count(`searched: ${output.where.replace(/^(GET|POST) .*/, 'HTTP').replace(/^(the file|baton) .*/, '$1s')}`)
      run.count('bytes searched', output.text.length)
      for (const found of look(output)) run.fail(found)
    }
  }
  try {
    const answers = await spendDay(run, house)
    await sleep(300)
    search([...answers, ...(await httpOutputs(house))])
    search(await commandOutputs(house, run))
    house.daemon.kill('SIGTERM')
    await house.daemon.ended
    isClosed = true
    search(await lonelyOutputs(house, run))
    search([...chatOutputs(house), ...house.notified, ...filesIn(join(house.home.dir, 'logs'))])
    search([{ where: 'what the daemon printed', text: house.daemon.printed() }])
    run.count('houses')
    run.count('secrets planted', house.secrets.length)
    return house.secrets.length
  } finally {
    if (!isClosed) house.daemon.kill('SIGTERM')
    await house.close()
  }
}

/** Commands beside the daemon. */
async function commandOutputs(house: SecretsHouse, { random }: RowRun): Promise<Output[]> {
  const commands = [
    ['status'],
    ['status', '--json'],
    ['logs', '1'],
    ['diff', '1'],
    ['check', 'tasks/wrong.md'],
    ['check', `${house.plants.plainWords()}.md`],
    ['tasks', '--dry-run', '--all'],
    ['say', house.plants.words()],
    ['start', house.plants.words()],
    ['doctor'],
  ]
  return inTurn(house, some(commands, random.int(0, 9), 4))
}

/** Runs at a terminal without a daemon, and mistakes in the configuration. */
async function lonelyOutputs(house: SecretsHouse, { random }: RowRun): Promise<Output[]> {
  const { plants, home, secrets } = house
  writeFileSync(join(home.dir, 'tasks/again.md'), plants.files['tasks/today.md'] ?? '')
  const runs = await inTurn(house, [
    ['tasks', 'tasks/again.md', '--auto-approve', ...(random.chance(0.5) ? ['--json'] : [])],
    ['tasks', 'tasks/wrong.md'],
  ])
  const config = home.read('config.yaml')
  const mistakes = [
    `telegram_token: ${house.value('TELEGRAM_BOT_TOKEN')}\n`,
    `http: {port: ${JSON.stringify(plants.words())}}\n`,
    `${JSON.stringify(plants.plainWords())}: 1\n`,
    `timezone: ${JSON.stringify(random.pick(secrets).value)}\n`,
    `notify: [{url: ${JSON.stringify(plants.words())}, secret: ${JSON.stringify(house.value('API_TOKEN'))}}]\n`,
    `broken: [${plants.plainWords()}\n`,
  ]
  // What config.yaml itself holds or names as a secret is not known to be one while that cannot be read.
  const unknown = ['NOTIFY_PATH', 'NOTIFY_SECRET'].map(house.value)
  const mistake = unknown.reduce((text, value) => text.replaceAll(value, 'nothing'), random.pick(mistakes))
  home.write('config.yaml', config + mistake)
  const refused = await inTurn(
    house,
    some([['check'], ['start'], ['status'], ['tasks'], ['doctor']], random.int(0, 4), 2),
  )
  home.write('config.yaml', config)
  return [...runs, ...refused]
}

const some = <T>(items: readonly T[], from: number, count: number) =>
  Array.from({ length: count }, (_, i) => items[(from + i) % items.length] as T)

async function inTurn(house: SecretsHouse, commands: readonly (readonly string[])[]): Promise<Output[]> {
  const outputs: Output[] = []
  for (const args of commands) outputs.push(await commandOutput(house, args))
  return outputs
}
