import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { askClaude } from '../claude/ask-claude.ts'
import { batonError } from '../errors.ts'
import { dayOf, freeName } from '../planner/file-name.ts'
import { noteOf, readNote } from '../planner/notes.ts'
import { writePlan } from '../planner/write.ts'
import { redactValue } from '../redact/redact-value.ts'
import { dayIn } from '../schedule/dated-name.ts'
import { parseFileText } from '../sources/files/file-text.ts'
import { createFile } from '../taskfile/write/exchange.ts'
import { clean } from '../terminal/show/clean.ts'
import { plural } from '../text/amounts.ts'
import type { PlanCall } from './argv/call.ts'
import { diagnose, isAttended, type Shell } from './shell/shell.ts'
import { type Loaded, loadConfig } from './state/load-config.ts'
import { projectOf } from './state/project.ts'
import { runTasks } from './tasks.ts'

/** A task file that Claude wrote, and where it would stand. */
interface Draft {
  text: string
  /** Why it cannot be run as it is: lines for people. */
  problems: string[]
  titles: string[]
  /** A free name, seen from home. */
  name: string
}

/**
 * Has Claude, which only reads, write a task file from words or a note: the same as `/plan` on the phone. Nothing is written
 * before a person says so, by a flag or right here. Gives the exit code.
 */
export async function draftPlan(shell: Shell, call: PlanCall): Promise<number> {
  const loaded = await loadConfig(shell)
  const draft = createDrafter(shell, loaded, await whatToPlan(shell, loaded, call))
  const first = await draft([])
  const { text, problems, titles, name } = first
  if (!call.save && !call.start && isAttended(shell) && !call.json) return decide(shell, loaded, first, draft)
  if ((call.save || call.start) && problems.length === 0) await write(shell, first)
  if (call.json) {
    const shown = { type: 'plan', file: call.save || call.start ? name : null, tasks: titles, problems, text }
    shell.stdout.write(`${JSON.stringify(redactValue(loaded.redact, shown))}\n`)
  } else if (!call.save && !call.start) shell.stdout.write(`${loaded.redact(clean(text)).trimEnd()}\n`)
  if (problems.length > 0) {
    diagnose(shell, loaded.redact(clean(problems.join('\n'))))
    throw batonError('usage', {
      message: 'This plan cannot be run as it is.',
      hint: 'Describe it differently, or correct it by hand.',
    })
  }
  if (call.start) return start(shell, first, call.json)
  if (call.save) diagnose(shell, `Written: ${name}. Start it with:  ${shell.call.tasks} ${name}`)
  else diagnose(shell, 'Nothing was written. --save writes it into a task file; --start also starts it.')
  return 0
}

/** The words and the note that are meant. Throws BatonError when there is neither. */
async function whatToPlan(shell: Shell, { config }: Loaded, { words, note }: PlanCall) {
  const { home } = shell
  const project = config.projects.length > 1 ? projectOf(shell, config).name : undefined
  const today = dayIn(Date.now(), config.timezone)
  const file = note ?? (words === '' ? await noteOf(home, today, project) : undefined)
  if (words === '' && file === undefined)
    throw batonError('usage', {
      message: 'Say what should be done.',
      hint: `For example: ${shell.call.baton} plan "Add a login page, with tests". Or write a note: daily/${today}.md.`,
    })
  const text = file === undefined ? undefined : await readNote(home, file).catch(refuse)
  return { today, words, ...(file !== undefined && text !== undefined && { note: { file, text } }) }
}

const refuse = (error: unknown): never => {
  throw batonError('usage', {
    message: error instanceof Error ? error.message : String(error),
    hint: 'See baton plan --help.',
  })
}

const unanswered = (error: unknown): never => {
  throw batonError('usage', {
    message: error instanceof Error ? error.message : String(error),
    hint: 'Nothing was written. See what is missing with: baton doctor',
  })
}

type Drafter = (changes: readonly string[], before?: Draft) => Promise<Draft>

function createDrafter(
  shell: Shell,
  { config, redact }: Loaded,
  request: Awaited<ReturnType<typeof whatToPlan>>,
): Drafter {
  const project = projectOf(shell, config)
  const titlesOf = new Map<string, string[]>()
  const nameFor = (text: string) =>
    freeName(project.tasks, dayOf(text, request.today), {
      text: redact(text),
      isTaken: (name) => existsSync(resolve(config.home, name)),
    })
  return async (changes, before) => {
    diagnose(shell, 'Claude reads the project and writes a plan …')
    const pending = changes.slice(-1)
    const written = await writePlan(
      { ...request, ...(before && { before: { text: before.text, changes: changes.slice(0, -1), pending } }) },
      {
        ask: async (prompt) => (await askClaude({ project, env: shell.env, prompt })).text,
        check: async (text) => {
          const { specs, problems } = await parseFileText(text, nameFor(text))
          const titles = specs.filter(({ done }) => !done).map(({ title }) => title)
          titlesOf.set(text, titles)
          return titles.length > 0 ? problems : [...problems, 'The file has no open task']
        },
      },
    ).catch(unanswered)
    return { ...written, titles: titlesOf.get(written.text) ?? [], name: nameFor(written.text) }
  }
}

/** Shows it and asks, until it is started, saved or discarded. */
async function decide(shell: Shell, { redact }: Loaded, first: Draft, draft: Drafter): Promise<number> {
  const lines = createInterface({ input: shell.stdin, output: shell.stderr })
  const changes: string[] = []
  let shown = first
  try {
    for (;;) {
      const { text, problems, titles, name } = shown
      shell.stdout.write(`\n${redact(clean(text)).trimEnd()}\n\n`)
      if (problems.length > 0) diagnose(shell, redact(clean(problems.join('\n'))))
      const isRunnable = problems.length === 0
      const ways = isRunnable ? `${plural(titles.length, 'task')} for ${name}. start, save or discard` : 'discard'
      const said = (await lines.question(`${ways}, or say what should be different: `)).trim()
      if (/^(discard|drop)$/i.test(said)) {
        diagnose(shell, 'Discarded. Nothing was written.')
        return 0
      }
      if (isRunnable && /^(save|start)$/i.test(said)) {
        await write(shell, shown)
        diagnose(shell, `Written: ${name}.`)
        if (/^save$/i.test(said)) return 0
        lines.close()
        return await start(shell, shown, false)
      }
      if (said === '') continue
      changes.push(said)
      shown = await draft(changes, shown)
    }
  } finally {
    lines.close()
  }
}

/** Never over a file that has come to be there meanwhile. */
async function write({ home }: Shell, { name, text }: Draft): Promise<void> {
  const path = resolve(home, name)
  await mkdir(dirname(path), { recursive: true })
  if (!(await createFile(path, Buffer.from(text))))
    throw batonError('usage', { message: `${name} was created by something else just now.`, hint: 'Plan it again.' })
}

const start = (shell: Shell, { name }: Draft, json: boolean): Promise<number> =>
  runTasks(shell, {
    ...{ files: [resolve(shell.home, name)], json, autoApprove: false, resume: false, all: false, dryRun: false },
  })
