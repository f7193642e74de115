import { join } from 'node:path'
import type { JiraConfig, ProjectConfig } from '../../config/types.ts'
import type { KeptValues } from '../../core/kept-values.ts'
import { LISTENS_ALONE } from '../../core/source-lease.ts'
import { newRunId } from '../../daemon/ids.ts'
import { openJira } from '../../jira/client.ts'
import { JiraError } from '../../jira/errors.ts'
import { lazy } from '../../lazy.ts'
import type { Source } from '../source.ts'
import type { TrackedProject, TrackPorts } from '../track.ts'
import { userWords } from '../user-words.ts'
import { attendTickets } from './attend.ts'
import { changesWhileListening } from './changes-while-listening.ts'
import { siteOf, ticketsName } from './place.ts'
import type { ShowPorts } from './ports.ts'
import { ticketsIn } from './record.ts'
import { createTicketRounds, type TicketRounds } from './rounds.ts'
import { createTicketSource } from './source.ts'
import { takeOverTickets } from './take-over.ts'
import { takeUpTickets } from './take-up.ts'

/** How Jira is reached; what is missing is said when it is needed. */
export interface JiraLogin {
  url: string | undefined
  email: string | undefined
  token: string | undefined
}

/** What the tickets of a project need from the rest of Baton. */
export interface ProjectJiraPorts {
  project: Pick<ProjectConfig, 'name'>
  config: JiraConfig
  home: string
  login: JiraLogin
  kept: KeptValues
  now: () => number
  redact: (text: string) => string
  /** Where the work of a run is a pull request. */
  pullOf: ShowPorts['pullOf']
}

/** A project's tickets in Jira: a source of tasks, and where their state is shown. */
export interface ProjectJira extends TrackedProject {
  source: Source
  rounds: (ports: TrackPorts) => Promise<TicketRounds & { takenOver: () => void }>
}

/** Opens it; Jira hears nothing before something is needed from there. */
export function openProjectJira({
  project,
  config,
  home,
  login,
  kept,
  now,
  redact,
  pullOf,
}: ProjectJiraPorts): Omit<ProjectJira, 'place'> {
  const site = siteOf(config, login)
  const tickets = ticketsIn(kept, ticketsName(site, config, project))
  const opened = lazy(async () => {
    const { email, token } = login
    const missing = Object.entries({ JIRA_URL: site, JIRA_EMAIL: email, JIRA_TOKEN: token })
      .filter(([, value]) => !value)
      .map(([name]) => name)
    if (!email || !token || site === '')
      throw new JiraError('unauthorized', `Jira cannot be reached: set ${missing.join(' and ')} in .env.`)
    return openJira({ url: site, email, token }, { now })
  })
  const show = async () => ({ jira: await opened(), tickets, config, redact, pullOf })
  return {
    source: createTicketSource({ show, tickets, words: () => userWords(join(home, 'prompts', 'implement.md')) }),
    async rounds({ api, note, lease = LISTENS_ALONE, onError }) {
      const shown = await show()
      const jira = changesWhileListening(shown.jira, lease)
      const ports = {
        ...{ jira, tickets, config, redact, pullOf, site, api, note, now },
        queue: project.name,
        newRunId: () => newRunId(now()),
      }
      const takeUp = takeUpTickets(ports)
      const attend = attendTickets(ports, takeUp)
      const rounds = createTicketRounds({
        ...{ jira, tickets, takeUp, attend, now, onError },
        ...{ pollMs: config.pollMs, listening: lease },
      })
      return { ...rounds, takenOver: () => takeOverTickets(ports) }
    },
  }
}
