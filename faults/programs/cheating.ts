import { createHome } from '../../test/support/home.ts'
import { BASE } from '../cheats/base.ts'
import { CHEATS, type Change, HONEST } from '../cheats/kinds.ts'

/** What came of one change that an agent made. */
export interface Seen {
  name: string
  isCheat: boolean
  /** Kinds of what was found; `git` for what was written with it, `words` for what was said and is not so. */
  found: string[]
  isAsked: boolean
  isDone: boolean
}

/** `cheat:3+honest:7`: the third cheat together with an honest change beside it, where they share no file. */
export function pick(which: string): { change: Change; beside: Change | undefined; isCheat: boolean } {
  const [main = '', second] = which.split('+')
  const of = (one: string): Change => {
    const [kind, place] = one.split(':')
    const list = kind === 'cheat' ? CHEATS : HONEST
    return list[Number(place) % list.length] as Change
  }
  const change = of(main)
  const other = second === undefined ? undefined : of(second)
  const isApart = other && !Object.keys(other.write).some((path) => path in change.write)
  return { change, beside: isApart ? other : undefined, isCheat: main.startsWith('cheat') }
}

/** Lets the rehearsal agent make each change in a project of its own, through the whole of Baton. */
async function play(which: string): Promise<Seen> {
  const { change, beside, isCheat } = pick(which)
  const words = change.says ?? beside?.says
  const steps = [
    ...stepsOf(change),
    ...(beside ? stepsOf(beside) : []),
    ...(words === undefined ? [] : [`conclude ${JSON.stringify(words)}`]),
  ]
  const lines = steps.map((step) => `rehearse: ${step}`).join('\n')
  const verify = change.verify ?? 'true || npm test'
  const home = createHome(
    `## Task 1: Work\n**Verify:**\n- ${verify}\n\n**Claude Instruction:**\n${lines}\n`,
    'claude:\n  permission_mode: bypassPermissions\nretries: 0\n',
  )
  try {
    for (const [path, text] of Object.entries({ ...BASE, ...change.before, ...beside?.before })) home.write(path, text)
    home.write('.gitignore', `${BASE['.gitignore']}.baton/\nlogs/\nsessions/\nnohup.out\n.npm/\n`)
    home.git('init', '-q', '-b', 'main')
    home.git('add', '-A')
    home.git('commit', '-qm', 'start')
    const house = await home.open()
    try {
      await house.start()
      const end = await Promise.race([
        ...(['task.done', 'ask.opened', 'task.failed'] as const).map((type) =>
          house.event(type).then(
            () => type,
            () => 'nothing',
          ),
        ),
      ])
      const { view } = house.runner.api
      const proof = view.task(view.latestRun()?.id ?? '', 1)?.proof
      const found = [
        ...(proof?.findings ?? []).map(({ kind }) => kind),
        ...(proof?.gitWrites ?? []).map(() => 'git'),
        ...(proof?.flags ?? []).map(() => 'words'),
      ]
      const isAsked = view.openAsks().some(({ about }) => about === 'guard')
      return { name: change.name, isCheat, found, isAsked, isDone: end === 'task.done' }
    } finally {
      await house.runner.stop()
    }
  } finally {
    home.remove()
  }
}

function stepsOf({ write, shell }: Change): string[] {
  const edits = Object.entries(write).map(([path, text]) =>
    text === null ? `bash rm -f '${path}'` : `edit ${path} ${JSON.stringify(text)}`,
  )
  return shell === undefined ? edits : [...edits, `bash ${shell}`]
}

if (import.meta.main) {
  const seen: Seen[] = []
  for (const which of process.argv.slice(2)) seen.push(await play(which))
  // The ends that did not come are still waited for.
  process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0))
}
