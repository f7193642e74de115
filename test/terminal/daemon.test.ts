import { expect, it, onTestFinished } from 'vitest'
import { startBotApi } from '../support/bot-api/server.ts'
import { aHome, baton, type Home, REHEARSED, startAtTerminal, startBaton, tasks } from './program.ts'

const CONFIG = `http:\n  enabled: false\n${REHEARSED}`

/** A home with a daemon that is up. */
async function withDaemon(files: Record<string, string>) {
  const home: Home = aHome({ 'config.yaml': CONFIG, ...files })
  const daemon = startBaton(home, ['start'])
  await daemon.hears('is running (pid')
  return { home, daemon }
}

it('hands its files to the daemon, follows along and ends with their result; acts go to the daemon', async () => {
  const file = tasks('edit one.txt "1"', { fields: '**Requires Approval:** true\n', act: 'edit two.txt "2"' })
  const { home, daemon } = await withDaemon({ 'today.md': file })
  expect((await baton(home, ['status'])).stdout).toContain(`The daemon is running: process ${daemon.child.pid}`)
  const run = startBaton(home, ['tasks', 'today.md'])
  await run.hears('Handed to the daemon: Started 2 tasks')
  await run.hears('Start task 2: Part 2?')
  const approved = await baton(home, ['approve', '2'])
  expect(approved).toMatchObject({ exitCode: 0, stdout: 'Approved task 2: Part 2\n', stderr: '' })
  const { exitCode, stdout } = await run.ended
  expect(exitCode).toBe(0)
  expect(stdout).toContain('2 tasks: 2 done')
  expect(home.read('two.txt')).toBe('2')
})

it('ends only the following on Ctrl-C, and says so', async () => {
  const { home } = await withDaemon({ 'today.md': tasks('wait 5s\nedit one.txt "1"') })
  const run = startBaton(home, ['tasks', 'today.md'])
  await run.hears('Started task')
  run.child.kill('SIGINT')
  expect(await run.ended).toMatchObject({
    exitCode: 130,
    stderr: expect.stringContaining('the daemon continues the run'),
  })
  const again = startAtTerminal(home, ['tasks', '--resume'])
  await again.hears('1 done')
  expect((await again.ended).exitCode).toBe(0)
  expect(home.read('one.txt')).toBe('1')
})

it('says when the daemon is gone, and how to go on', async () => {
  const { home, daemon } = await withDaemon({ 'today.md': tasks('wait 30s') })
  const run = startBaton(home, ['tasks', 'today.md'])
  await run.hears('Started task')
  daemon.child.kill('SIGKILL')
  const { exitCode, stderr } = await run.ended
  expect(exitCode).toBe(3)
  expect(stderr).toContain('The daemon has stopped. Continue with:  npm start, or baton tasks --resume')
  const again = startBaton(home, ['start'])
  await again.hears('Continuing what was open: 1 task left.')
  again.child.kill('SIGTERM')
  await again.ended
  expect(again.said()).not.toContain('Waiting for a start')
  const resumed = startBaton(home, ['tasks', '--resume'])
  await resumed.hears(/(Resumed|Restarted) task 1: Part 1/)
  expect((await baton(home, ['skip'])).exitCode).toBe(0)
  expect((await resumed.ended).exitCode).toBe(1)
})

it('says at its start, and nowhere else, that a DATABASE_URL of the shell is not used', async () => {
  const home = aHome({ 'config.yaml': CONFIG })
  const env = { DATABASE_URL: 'mysql://root:hush@db/app' }
  const daemon = startBaton(home, ['start'], env)
  await daemon.hears('environment: warning: DATABASE_URL is not used')
  await daemon.hears('is running (pid')
  expect((await baton(home, ['status'], env)).stderr).toBe('')
  const { stdout } = await baton(home, ['doctor'], env)
  expect(stdout).toContain('environment: warning: DATABASE_URL is not used')
  expect(stdout).not.toContain('hush')
})

it('says when the bot hears nothing, and why', async () => {
  const api = await startBotApi()
  onTestFinished(() => api.close())
  const env = `TELEGRAM_BOT_TOKEN=123456789:AAHwrongwrongwrongwrongwrongwrongwro\nTELEGRAM_API_ROOT=${api.root}\n`
  const { daemon } = await withDaemon({ '.env': env })
  await daemon.hears('The bot receives nothing: Unauthorized: TELEGRAM_BOT_TOKEN is wrong')
  expect(daemon.said()).not.toContain('AAHwrong')
})
