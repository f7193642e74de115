import { describe, expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'
import { useBrowsing } from './browsing.ts'

describe.skipIf(!hasBrowser())('issues and pull requests on the dashboard', () => {
  const it = useBrowsing()

  test('are shown with their state, are taken, reviewed and merged by buttons, and their words do nothing', async () => {
    await it.restart(undefined, { gitHubRepo: () => 'acme/app' })
    await it.logIn()
    await it.page.getByRole('link', { name: 'GitHub' }).click()
    const rows = it.page.locator('.github-row')
    await rows.first().waitFor()
    expect(await it.page.locator('h1').innerText()).toBe('acme/app')
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringContaining('#12 Sort the list'),
      expect.stringContaining('<img src=x onerror=alert(1)> Search is slow'),
      expect.stringContaining('Add a login page'),
    ])
    expect(await rows.locator('img').count()).toBe(0)
    await it.page.getByRole('button', { name: 'Take issue 5' }).click()
    await it.page.getByText('Did take 5.').first().waitFor()
    await it.page.getByRole('button', { name: 'Review #12' }).click()
    await it.page.getByText('Did review 12.').first().waitFor()
    await it.page.getByRole('button', { name: 'Merge #12' }).click()
    await it.page.getByRole('button', { name: 'Merge', exact: true }).click()
    await it.page
      .getByText(`Did merge 12 ${'ab12cd34'.repeat(5)}.`)
      .first()
      .waitFor()
    expect(await rows.nth(0).locator('a').first().getAttribute('rel')).toBe('noopener noreferrer')
  })

  test('have no page where no project has a repository there', async () => {
    await it.logIn()
    await it.page.getByRole('heading').first().waitFor()
    expect(await it.page.getByRole('link', { name: 'GitHub' }).count()).toBe(0)
  })
})
