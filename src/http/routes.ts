import { answerFor } from './machines/answer-for.ts'
import { readDoing } from './machines/others.ts'
import type { Parts } from './parts.ts'
import type { Route } from './route.ts'
import { askRoutes } from './routes/asks.ts'
import { commandRoutes } from './routes/commands.ts'
import { environmentRoutes } from './routes/environments.ts'
import { eventRoutes } from './routes/events.ts'
import { gitHubHookRoutes } from './routes/github-hook.ts'
import { loginRoutes } from './routes/login.ts'
import { startRoutes } from './routes/orchestrate.ts'
import { overviewRoutes } from './routes/overview.ts'
import { pushRoutes } from './routes/push.ts'
import { searchRoutes } from './routes/search.ts'
import { serviceRoutes } from './routes/service.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { taskRoutes } from './routes/tasks.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** Every route there is: served, documented and attacked in tests from this one table. */
export function allRoutes(parts: Parts): readonly Route[] {
  const routes: Route[] = [
    ...serviceRoutes(parts, () => routes),
    ...webhookRoutes(parts),
    ...gitHubHookRoutes(parts),
    ...startRoutes(parts),
    ...sessionRoutes(parts),
    ...searchRoutes(parts),
    ...taskRoutes(parts),
    ...askRoutes(parts),
    ...commandRoutes(parts),
    ...eventRoutes(parts),
    ...environmentRoutes(parts),
    ...overviewRoutes(parts),
    ...pushRoutes(parts),
    ...loginRoutes(parts),
  ]
  return routes
}

/** What is needed for other machines, and loaded with the pages. */
export const forMachines = { readDoing, answerFor }
