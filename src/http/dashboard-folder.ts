import { fileURLToPath } from 'node:url'

/** Where the static files of the dashboard lie: beside this file, in the clone and once installed. */
export function dashboardFolder(): string {
  return fileURLToPath(new URL('./dashboard', import.meta.url))
}
