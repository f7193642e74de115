import { plural } from '../../text/amounts.ts'
import { someOf } from '../../text/cut.ts'
import { bold, type Node } from '../../text/document/nodes.ts'
import { encodeTap, fileKey } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import { oneLine } from './clean.ts'
import { compose, type MessageSection } from './compose.ts'
import { heading, messageOf } from './parts.ts'

/** Where Baton works and what is ready there. */
export interface GreetingView {
  /** The name of the machine. */
  host?: string
  projects: GreetedProject[]
}

interface GreetedProject {
  name: string
  /** The folder that Claude works in. */
  folder: string
  /** Files with tasks that are not done, and those that cannot be read. */
  files: { file: string; titles: readonly string[]; problem?: string }[]
  /** What runs at the moment. */
  working?: string
}

const MAX_TITLES = 5

/** The first message in a chat: what it is connected to, what is ready, and a button that starts it. */
export function renderGreeting({ host, projects }: GreetingView): Message {
  const isOne = projects.length === 1
  const where = host === undefined ? 'Baton is connected' : `Baton is connected on ${host}`
  const fitted = compose([
    heading('👋', where),
    ...projects.flatMap((project) => projectSections(project)),
    [
      projects.some(isReady) ? 'Nothing starts until you say so. ' : '',
      'Whenever a task needs a decision, you will be asked here. /help lists the commands.',
    ],
  ])
  const buttons = projects.filter(isReady).map((project): Button[] => {
    const count = plural(readyIn(project), 'task')
    const text = isOne ? `Start ${count}` : `Start ${count} in ${oneLine(project.name, 40)}`
    return [{ text, data: encodeTap({ kind: 'start-all', queueKey: fileKey(project.name) }) }]
  })
  return messageOf(fitted, { buttons })
}

const readyIn = ({ files }: GreetedProject): number => files.reduce((sum, { titles }) => sum + titles.length, 0)
const isReady = (project: GreetedProject): boolean => project.working === undefined && readyIn(project) > 0

function projectSections(project: GreetedProject): MessageSection[] {
  const { name, folder, files, working } = project
  const titles = files.flatMap((file) => file.titles)
  const broken = files.filter(({ problem }) => problem !== undefined)
  const ready = titles.length > 0 ? `${plural(titles.length, 'task')} ready` : 'no tasks ready'
  const lines: Node[] = [bold(oneLine(name, 80)), ` · ${oneLine(folder, 200)}`, '\n']
  if (working !== undefined) return [[...lines, `▶️ Running: ${oneLine(working, 200)}`]]
  return [
    [
      ...lines,
      `📋 ${ready}`,
      titles.length > 0
        ? ` in ${oneLine(
            files
              .filter((f) => f.titles.length > 0)
              .map(({ file }) => file)
              .join(', '),
            200,
          )}`
        : '',
    ],
    titles.length > 0 && {
      text: someOf(
        titles.map((title, i) => `${i + 1} · ${oneLine(title, 80)}`),
        MAX_TITLES,
      ).join('\n'),
      as: (text) => [text],
      keep: 'head',
    },
    broken.length > 0 && [
      `⚠️ ${broken.map(({ file }) => oneLine(file, 120)).join(', ')} cannot be read as a task file. baton check says why (npm run check in a clone).`,
    ],
  ]
}
