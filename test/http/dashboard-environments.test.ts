import { describe, expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'
import { useBrowsing } from './browsing.ts'
import { stageWork } from './stage.ts'
import { stageEnvironments } from './stage-environments.ts'

describe.skipIf(!hasBrowser())('environments on the dashboard', () => {
  const it = useBrowsing()
  const card = (name: string) => it.page.getByRole('region', { name, exact: true })
  const open = async () => {
    await stageWork(it.house, { history: 1, asks: false })
    stageEnvironments(it.house, 'main')
    await it.logIn()
    await it.page.goto(`${it.served.url}/#/environments`)
    await card('qa').waitFor()
  }

  test('say what runs where, what does not, and what was deployed', async () => {
    await open()
    const names = await it.page
      .locator('section.environment')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    expect(names).toEqual(['qa', 'production', 'demo', 'preview', 'staging'])
    const chips = await it.page.locator('section.environment > header .chip').allInnerTexts()
    expect(chips).toEqual([
      'checking',
      'not what it should be',
      'locked',
      'nothing deployed yet',
      'no longer configured',
    ])
    const production = await card('production').innerText()
    expect(production).toMatch(/^c3d4e5f6$/m)
    expect(production).toContain('d4e5f6a7 should run but has not since')
    expect(production).toContain('0a1b2c3d from main is waiting for ops.')
    expect(await card('qa').innerText()).toContain('0a1b2c3d from develop is waiting for its turn.')
    expect(production).toContain('Frozen by Ben (Telegram) until')
    expect(production).toContain('approved by Ben (Telegram) · in a freeze: the shop is down')
    expect(await card('production').getByRole('link', { name: 'open' }).getAttribute('rel')).toBe('noopener noreferrer')
    expect(await card('demo').innerText()).toContain('Nobody knows what runs there.')
    expect(await card('preview').innerText()).toContain('Takes feature/*; deploys without a person')
    // What is no longer configured cannot be deployed to.
    expect(await card('staging').getByRole('button').count()).toBe(0)
  })

  test('are deployed to, brought back and frozen by buttons, each asked for once more', async () => {
    await open()
    await card('production').getByRole('button', { name: 'Roll back' }).click()
    await it.page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await it.page.getByText('Did rollback production.').first().waitFor()
    await card('preview').getByRole('button', { name: 'Freeze' }).click()
    await it.page.getByRole('dialog').getByRole('textbox').fill('2h the fair is on')
    await it.page.getByRole('dialog').getByRole('button', { name: 'Freeze' }).click()
    await it.page.getByText('Did freeze preview 2h the fair is on.').first().waitFor()
    await card('demo').getByRole('button', { name: 'Unlock' }).click()
    await it.page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click()
    await it.page.getByText('Did unfreeze demo.').first().waitFor()
  })

  test('fit on a phone, and so do the names of all pages', async () => {
    await it.renew({ viewport: { width: 390, height: 844 }, hasTouch: true })
    await open()
    expect(await it.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    const heights = await it.page
      .locator('.nav a:not([hidden]):not(.brand) > span')
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)))
    expect(Math.max(...heights)).toBeLessThan(24)
  })
})
