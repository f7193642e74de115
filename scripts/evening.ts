/**
 * Plays an evening with the real daemon, the stand-in of the Bot API and the rehearsal agent, and takes a picture of the phone, every
 * view of the dashboard and what the terminal prints, at each point where a person would look:
 *
 *   node scripts/evening.ts FOLDER
 *
 * Needs Chromium. Nothing of it is checked: it is for people who look at what other people will see.
 */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { latest } from '../test/support/bot-api/conversation.ts'
import { openEvening } from './evening/stage.ts'

const folder = resolve(process.argv[2] ?? 'evening')
mkdirSync(folder, { recursive: true })
const evening = await openEvening(folder)
const { anna, told, look, taps } = evening
try {
  anna.says('/start')
  await told('Start 10 tasks', { button: true })
  await look('01-greeting')
  await taps('Start 10 tasks')
  await told('Start task 1 of 10?')
  await look('02-approval')
  await taps('Approve')
  await told('How long should a session last?')
  await look('03-question')
  await taps('One week')
  await told('Run node migrate.js')
  anna.says('/status')
  await told('Waiting for you')
  await look('04-permission')
  await taps('Allow')
  const failure = await told('Task 5 of 10 failed')
  await look('05-failure')
  await taps('Retry with a hint', failure.id)
  await told('What should Claude do differently?')
  evening.home.write('passes', '')
  anna.says('Keep the default port, please')
  await told('hour limit')
  await look('06-limit')
  await told('Start task 7 of 10?')
  anna.says('ok')
  await told('Is this your decision?')
  await look('07-ok')
  await taps('Approve')
  const script = await told('60-line')
  await look('08-script')
  await taps('Snooze', script.id)
  await look('09-snooze')
  await taps('30 min', script.id)
  await look('10-snoozed')
  await taps('Allow', script.id)
  const end = await told('10 of 10 done')
  await look('11-end')
  anna.says('/undo 10')
  await look('12-undo')
  await taps('Undo')
  await told('was undone')
  anna.says('/tasks')
  anna.says('/cost')
  anna.says('/help')
  await look('13-undone')
  const loud = anna.sees().messages.filter((message) => message.from.isBot && !message.silent)
  console.log(`${loud.length} sounds:\n${loud.map((message) => `  ${latest(message).text.split('\n')[0]}`).join('\n')}`)
  console.log(`the end is message ${end.id} of ${anna.sees().messages.length}`)
} finally {
  await evening.close()
}
