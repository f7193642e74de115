import { onTestFinished } from 'vitest'
import { createHome, type Home } from './home.ts'

/** A home that lasts as long as the test that makes it. */
export function homeOfTest(tasks: string, config?: string): Home {
  const home = createHome(tasks, config)
  onTestFinished(home.close)
  return home
}
