import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'
import { useBrowsing } from './browsing.ts'
import { subscribesAs } from './in-page.ts'
import { openPushService, type PushService } from './push-service.ts'

const PAGE = 'https://baton.example'

describe.skipIf(!hasBrowser())('push messages in a browser', () => {
  const it = useBrowsing()
  let service: PushService
  beforeEach(async () => {
    service = await openPushService(PAGE)
  })
  afterEach(() => service.close())

  const openHealth = async () => {
    const { home, stateDir, logsDir } = it.house
    const { port } = it.served.server
    await it.restart(undefined, {
      pushFetch: service.fetch,
      config: {
        home,
        stateDir,
        logsDir,
        http: { enabled: true, host: '127.0.0.1', port, allowedHosts: [], url: PAGE },
      },
    })
    // As somebody behind the proxy comes: with the address of the page, at the one that is listened on.
    await it.page.goto(it.served.server.oneTimeLink().replace(PAGE, it.served.url))
    await it.page.waitForSelector('.shell')
    await it.page.goto(`${it.served.url}/#/health`)
  }

  test('are turned on and off, arrive at a worker, and show what is asked', async () => {
    const phone = service.subscriber('phone')
    await it.context.grantPermissions(['notifications'])
    await it.context.addInitScript(subscribesAs(phone.subscription))
    await openHealth()
    await it.page.getByRole('button', { name: 'Turn on' }).click()
    await it.page.getByText('On: this browser shows what is waiting for you.').waitFor()
    expect(await it.page.evaluate('window.subscribedTo')).toBe(65)

    await it.start()
    it.house.begin()
    it.house.ask({ title: 'Run a command' })
    await expect.poll(() => service.messages.length, { timeout: 10_000 }).toBe(1)
    const { text } = service.messages[0] as { text: string }

    const devtools = await it.context.newCDPSession(it.page)
    const registered = Promise.withResolvers<string>()
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const one of registrations) if (one.scopeURL.endsWith('/dashboard/')) registered.resolve(one.registrationId)
    })
    await devtools.send('ServiceWorker.enable')
    const registrationId = await registered.promise
    await devtools.send('ServiceWorker.deliverPushMessage', { origin: it.served.url, registrationId, data: text })
    const shown = `navigator.serviceWorker.getRegistration('/dashboard/')
      .then((one) => one.getNotifications())
      .then((all) => all.map(({ title, body }) => [title, body]))`
    await expect
      .poll(() => it.page.evaluate(shown), { timeout: 10_000 })
      .toEqual([['Task 1 is waiting for you', 'Run a command']])

    await it.page.getByRole('button', { name: 'Turn off' }).click()
    await it.page.getByText('Off: shown only while this page is open.').waitFor()
  })

  test('need an https address, which is said', async () => {
    await it.logIn()
    await it.page.goto(`${it.served.url}/#/health`)
    await it.page.getByText('Need an https address').waitFor()
    expect(await it.page.getByRole('button', { name: 'Turn on' }).count()).toBe(0)
  })
})
