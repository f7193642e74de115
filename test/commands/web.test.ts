import { expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { aHome, baton, REHEARSED, startBaton } from '../terminal/program.ts'

it('prints a link that logs in once, where no browser can be opened', async () => {
  const port = await freePort()
  const home = aHome({ 'config.yaml': `${REHEARSED}http:\n  port: ${port}\n` })
  const none = await baton(home, ['web'])
  expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('baton web start') })

  const daemon = startBaton(home, ['start'])
  await daemon.hears('Dashboard:')
  const { exitCode, stdout } = await baton(home, ['web'])
  expect(exitCode).toBe(0)
  const [link, code] = /http:\/\/\S+\/login#(\S+)/.exec(stdout) ?? []
  const login = () =>
    fetch(`${link?.split('/login')[0]}/api/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
    })
  expect((await login()).status).toBe(200)
  expect((await login()).status).toBe(401)
  daemon.child.kill('SIGTERM')
  await daemon.ended
})

it('starts the daemon first when that is wanted', async () => {
  const port = await freePort()
  const home = aHome({ 'config.yaml': `${REHEARSED}http:\n  port: ${port}\n` })
  const { exitCode, stdout, stderr } = await baton(home, ['web', 'start'])
  const pid = Number(/pid (\d+)/.exec(stderr)?.[1])
  try {
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(stdout).toContain(`http://127.0.0.1:${port}/login#`)
  } finally {
    process.kill(pid, 'SIGTERM')
  }
})
