import { distance } from 'fastest-levenshtein'
import { shortened } from '../../text/cut.ts'
import { fieldValue } from '../fields/field-value.ts'
import { type FieldName, fieldNames, knownField } from '../fields/fields.ts'
import { none, readers, type Settings, wrongValue } from '../fields/readers.ts'
import type { FileTask } from '../file-task.ts'
import { numberFrom } from '../markdown/sections.ts'
import type { ParsedFile, Reference } from '../parsed.ts'
import { didYouMean } from '../plan/references.ts'
import { type Problem, type ProblemPlace, placeAt } from '../problem.ts'
import { splitLines } from '../text/lines.ts'
import { type JsonMember, type JsonNode, readJson } from './json-text.ts'

/** Whether a file of this name is a JSON task file, which is never written to. */
export const isJson = (file: string): boolean => /\.json$/i.test(file)

const form = '{"tasks": [{"id": 1, "name": "…", "prompt": "…", "dependencies": []}]}'
const most = 200
const longestTitle = 80

/**
 * Reads a JSON task file: `{"tasks": [{id, name, description, prompt, branch_name, dependencies}]}`, where a task may have
 * the fields of Markdown ones, too. Never throws: whatever is wrong is in `problems`, in the order of the file.
 */
export function parseJsonTasks(text: string, file: string): ParsedFile {
  const reading = new JsonTasks(text, file)
  const read = reading.read()
  reading.problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return {
    file,
    specs: read.map(({ spec }) => spec),
    references: read.map(({ references }) => references),
    context: '',
    problems: reading.problems,
  }
}

interface Draft {
  node: JsonNode
  path: string
  /** As written, as a text. */
  id?: string
  idAt: number
  settings: Settings
  title: string
  prompt: string
  description: string
  dependencies: { name: string; isNumber: boolean; at: number; path: string }[]
}

interface Read {
  spec: FileTask
  references: Reference[]
}

/** The names under which a task says what is not a field of Markdown, or has another name there. */
const own: Record<string, 'id' | 'title' | 'prompt' | 'description' | 'dependencies'> = {
  id: 'id',
  name: 'title',
  title: 'title',
  prompt: 'prompt',
  instruction: 'prompt',
  description: 'description',
  dependencies: 'dependencies',
}
const renamed: Record<string, FieldName> = { branch_name: 'Branch', branchName: 'Branch', budget_usd: 'Budget' }

class JsonTasks {
  readonly problems: Problem[] = []
  readonly #text: string
  readonly #file: string
  readonly #lines
  readonly #unknown = new Set<string>()

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
    this.#lines = splitLines(text)
  }

  read(): Read[] {
    if (this.#text.trim() === '') return this.#nothing(0, 'The file is empty', `A JSON task file is ${form}.`)
    const root = readJson(this.#text)
    if ('problem' in root) return this.#nothing(root.problem.at, root.problem.message, root.problem.hint)
    const list = root.kind === 'object' ? root.members.filter(({ name }) => name === 'tasks') : []
    const [tasks, second] = list
    if (!tasks) return this.#nothing(root.at, 'There is no list "tasks" in this file', `A JSON task file is ${form}.`)
    if (second) return this.#nothing(second.at, '"tasks" appears twice in this file', 'Keep one of them.')
    if (tasks.value.kind !== 'list') return this.#nothing(tasks.value.at, '"tasks" must be a list', `Write ${form}.`)
    if (tasks.value.items.length === 0) return this.#nothing(tasks.value.at, 'The file has no task', `Write ${form}.`)
    const drafts = tasks.value.items.flatMap((node, index) => this.#draft(node, `tasks.${index}`) ?? [])
    const keys = this.#keys(drafts)
    return drafts.map((draft, index) => ({
      spec: this.#spec(draft, keys[index]!),
      references: this.#references(draft, drafts, keys),
    }))
  }

  #nothing(at: number, message: string, hint: string): [] {
    this.#tell('error', at, '', message, hint)
    return []
  }

  #draft(node: JsonNode, path: string): Draft | undefined {
    if (node.kind !== 'object') {
      this.#tell('error', node.at, path, `A task must be an object, and this is ${kindOf(node)}`, `Write ${form}.`)
      return undefined
    }
    const draft: Draft = {
      ...{ node, path, idAt: node.at, settings: {}, title: '', prompt: '', description: '' },
      dependencies: [],
    }
    const seen = new Map<string, JsonMember>()
    for (const member of node.members) {
      if (member.value.kind === 'word' && member.value.value === null) continue
      const known = Object.hasOwn(own, member.name) ? own[member.name]! : fieldOf(member.name)
      const what = known === 'Claude Instruction' ? 'prompt' : known === 'Depends On' ? 'dependencies' : known
      const where = `${path}.${member.name}`
      if (what === undefined) this.#tellUnknown(member, where)
      else if (seen.has(what) && !isEmpty(member.value)) {
        const hint = `The first one is "${seen.get(what)!.name}": keep one of them.`
        this.#tell('error', member.at, where, `"${member.name}" repeats what this task already has`, hint)
      } else {
        if (!isEmpty(member.value)) seen.set(what, member)
        this.#take(draft, what, member, where)
      }
    }
    if (draft.prompt !== '' && draft.settings.run)
      this.#tell('error', node.at, path, 'This task has both run and prompt', 'Keep one of them.')
    else if (!seen.has('prompt') && draft.description === '' && !seen.has('Run'))
      this.#tell('error', node.at, path, `${named(draft)} has no prompt`, 'Add "prompt": what Claude should do.')
    return draft
  }

  #take(draft: Draft, what: string, { name, value }: JsonMember, path: string): void {
    if (what === 'id') {
      const id = value.kind === 'text' || value.kind === 'number' ? String(value.value).trim() : ''
      if (id === '' || id.length > 1_000) this.#wrong(name, value, path, 'a text or a number')
      else Object.assign(draft, { id, idAt: value.at })
    } else if (what === 'dependencies') this.#dependencies(draft, name, value, path)
    else if (what === 'title' || what === 'prompt' || what === 'description' || what === 'Description') {
      if (value.kind !== 'text') this.#wrong(name, value, path, 'a text')
      else if (value.value.includes('\0'))
        this.#tell('error', value.at, path, `There is a NUL character in "${name}"`, 'Remove it.')
      else if (value.value.trim() !== '')
        draft[what === 'Description' ? 'description' : what] = what === 'title' ? oneLine(value.value) : value.value
    } else this.#setting(draft, what as keyof typeof readers, name, value, path)
  }

  #setting(draft: Draft, field: keyof typeof readers, name: string, node: JsonNode, path: string): void {
    if (isEmpty(node) && field !== 'Run') return
    const nodes = node.kind === 'list' ? node.items : [node]
    const texts = nodes.map((item) => ('value' in item && item.value !== null ? String(item.value).trim() : undefined))
    const expected = texts.includes(undefined)
      ? 'a value or a list of values'
      : texts.some((text) => text?.includes('\0')) && 'a text without NUL characters'
    if (expected) {
      this.#wrong(name, node, path, expected)
      return
    }
    const isScript = field === 'Verify' || field === 'Run'
    const value = fieldValue((texts as string[]).map((text) => (isScript ? text : oneLine(text))))
    if (isScript && !none(value)) {
      // One by one, so that each has its place.
      nodes.forEach((item, index) => {
        for (const { message, hint } of fieldValue([texts[index] as string]).commands().problems)
          this.#tell('error', item.at, node.kind === 'list' ? `${path}.${index}` : path, message, hint)
      })
    }
    const read = readers[field](value)
    if ('expected' in read) this.#tell('error', node.at, path, ...wrongValue(`"${name}"`, value.text, read.expected))
    else Object.assign(draft.settings, read)
  }

  #dependencies(draft: Draft, name: string, node: JsonNode, path: string): void {
    if (isEmpty(node)) return
    if (node.kind !== 'list') {
      this.#wrong(name, node, path, 'a list of ids')
      return
    }
    for (const [index, item] of node.items.entries()) {
      const where = `${path}.${index}`
      if (item.kind !== 'text' && item.kind !== 'number') {
        this.#wrong(name, item, where, 'a list of ids')
        continue
      }
      const isNumber = item.kind === 'number'
      draft.dependencies.push({ name: String(item.value).trim(), isNumber, at: item.at, path: where })
    }
  }

  /** The identity of each task: its id, else its title. */
  #keys(drafts: Draft[]): string[] {
    const used = new Map<string, Draft>()
    const counts = new Map<string, number>()
    return drafts.map((draft) => {
      const { id, idAt, path } = draft
      const name = id === undefined ? titleOf(draft) : keyOf(id)
      let key = name
      const first = id === undefined ? undefined : used.get(key)
      if (first?.id !== undefined) {
        const hint = `The first one is on line ${this.#place(first.idAt).line}. Give each task its own id.`
        this.#tell('error', idAt, `${path}.id`, 'Another task has the same id', hint)
      }
      let count = counts.get(name) ?? 1
      while (used.has(key)) key = `${name} (${++count})`
      counts.set(name, count)
      used.set(key, draft)
      return key
    })
  }

  #spec(draft: Draft, key: string): FileTask {
    const { id, settings, prompt, description, node } = draft
    const { dependsOn: _, ...given } = settings
    const instruction = given.run ? '' : prompt === '' ? description : prompt
    const number = id === undefined ? undefined : numberOf(id)
    return {
      ...{ priority: 'medium', criteria: [], verify: [], done: false },
      ...given,
      origin: { source: 'files', ref: key, file: this.#file, line: this.#place(node.at).line, form: 'json' },
      ...(number !== undefined && { headingNumber: number }),
      title: titleOf(draft),
      instruction,
      ...(description !== '' && description !== instruction && { description }),
      context: '',
    }
  }

  /** A dependency is an id of this file, else a name; where no task has an id, also a place in the list. */
  #references(draft: Draft, drafts: Draft[], keys: string[]): Reference[] {
    const byId = this.#index ?? indexOf(drafts)
    this.#index = byId
    return draft.dependencies.flatMap(({ name, isNumber, at, path }): Reference[] => {
      const place = this.#place(at)
      const { ids, titles, hasIds } = byId
      const found = ids.get(keyOf(name)) ?? titles.get(fold(name)) ?? (hasIds || !isNumber ? [] : placed(name, drafts))
      if (found.length === 1) return [{ name, place, key: keys[found[0]!]!, whole: true }]
      if (found.length === 0 && /\.\w+#./.test(name)) return [{ name, place, whole: true }]
      if (found.length > 1) {
        const lines = found.map((index) => this.#place(drafts[index]!.node.at).line).join(', ')
        this.#tell('error', at, path, `Several tasks are called "${name}"`, `Lines ${lines}: name its id.`)
        return []
      }
      // Comparing with all of them takes its time, for a hint that nobody is shown any more.
      const isShown = this.#counts.error < most
      const near = !isShown ? '' : didYouMean(name, [...drafts.flatMap(({ id }) => id ?? []), ...drafts.map(titleOf)])
      const hint = `${near}Name tasks by id or name; those of another file as other.md#Title.`
      this.#tell('error', at, path, `There is no task "${shortened(name, 80)}" in this list`, hint)
      return []
    })
  }

  #index: ReturnType<typeof indexOf> | undefined

  #tellUnknown({ name, at }: JsonMember, path: string): void {
    // A name of another program appears in every task.
    if (this.#unknown.has(name) || this.#unknown.size >= most) return
    this.#unknown.add(name)
    const nearest = nearestName(name)
    const hint = nearest === undefined ? 'It has no effect.' : `Did you mean "${nearest}"?`
    this.#tell('warning', at, path, `Unknown field "${shortened(name, 80)}"`, hint)
  }

  #wrong(name: string, node: JsonNode, path: string, expected: string): void {
    this.#tell('error', node.at, path, `"${name}" must be ${expected}, and this is ${kindOf(node)}`)
  }

  #counts = { error: 0, warning: 0 }

  #tell(severity: Problem['severity'], at: number, path: string, message: string, hint?: string): void {
    const count = ++this.#counts[severity]
    if (count > most + 1) return
    const said = count > most ? { message: `From here on, no more ${severity}s are listed` } : { message, hint }
    this.problems.push({
      ...this.#place(at),
      severity,
      message: said.message,
      ...('hint' in said && said.hint !== undefined && { hint: said.hint }),
      ...(path !== '' && { path }),
    })
  }

  #place(at: number): ProblemPlace {
    return placeAt(this.#file, this.#lines, at)
  }
}

function indexOf(drafts: Draft[]): { ids: Map<string, number[]>; titles: Map<string, number[]>; hasIds: boolean } {
  const all = drafts.map((_, index) => index)
  const withId = all.filter((index) => drafts[index]!.id !== undefined)
  return {
    // Of two with the same id the first one is meant: the duplicate has already been reported.
    ids: new Map([...Map.groupBy(withId, (index) => keyOf(drafts[index]!.id!))].map(([id, [first]]) => [id, [first!]])),
    titles: Map.groupBy(all, (index) => fold(titleOf(drafts[index]!))),
    hasIds: withId.length > 0,
  }
}

function placed(name: string, drafts: Draft[]): number[] {
  const place = Number(name)
  return Number.isInteger(place) && place >= 1 && place <= drafts.length ? [place - 1] : []
}

function fieldOf(name: string): FieldName | undefined {
  return Object.hasOwn(renamed, name) ? renamed[name] : knownField(name)
}

/** How a field is called in JSON. */
const jsonName = (field: FieldName): string =>
  field === 'Depends On'
    ? 'dependencies'
    : field === 'Claude Instruction'
      ? 'prompt'
      : field.toLowerCase().replace(/ /g, '_')

const fieldsOfJson = [...Object.keys(own), ...fieldNames.map(jsonName)]

/** The name that a mistyped one is meant to be. */
function nearestName(name: string): string | undefined {
  const wanted = name.toLowerCase()
  const far = (other: string) => distance(wanted, other)
  const [nearest] = fieldsOfJson.toSorted((a, b) => far(a) - far(b))
  return far(nearest!) <= 2 && far(nearest!) < wanted.length / 2 ? nearest : undefined
}

const isNumbered = /^(?:task[\s_-]*)?#?(\d{1,9}(?:\.\d{1,9}){0,5}[a-z]?)$/i

function numberOf(id: string): ReturnType<typeof numberFrom> | undefined {
  const found = isNumbered.exec(id)
  return found ? numberFrom(found[1]!) : undefined
}

/** 3, "3" and "Task 3" are one id: nobody could tell them apart where they are named. */
function keyOf(id: string): string {
  const number = numberOf(id)
  return number === undefined ? id : `Task ${number}`
}

const fold = (name: string): string => oneLine(name).toLowerCase()

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim()

function titleOf({ title, prompt, description, id }: Draft): string {
  if (title !== '') return title
  const first = oneLine((prompt.trim() || description.trim()).split(/[\r\n]/, 1)[0]!)
  if (first === '') return id ?? 'Task'
  return shortened(first, longestTitle)
}

function named({ id, title }: Draft): string {
  if (title !== '') return `"${shortened(title, 80)}"`
  return id === undefined ? 'This task' : `Task ${shortened(id, 80)}`
}

function isEmpty(node: JsonNode): boolean {
  return (
    (node.kind === 'text' && node.value.trim() === '') ||
    (node.kind === 'list' && node.items.length === 0) ||
    (node.kind === 'word' && node.value === null)
  )
}

function kindOf(node: JsonNode): string {
  if (node.kind === 'word') return String(node.value)
  if (node.kind === 'text') return node.value.trim() === '' ? 'an empty text' : 'a text'
  return node.kind === 'object' ? 'an object' : `a ${node.kind}`
}
