import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** True where a browser is installed; tests in it are left out elsewhere, and say so. */
export const hasBrowser = (): boolean => existsSync(CHROMIUM)

/** Starts Chromium without a window, and without anything that it would do in the network by itself. */
export async function openBrowser(): Promise<Browser | undefined> {
  if (!hasBrowser()) return undefined
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
