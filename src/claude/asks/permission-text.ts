import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff/lib/patch/create.js'
import { shortened } from '../../text/cut.ts'
import { pathFromFolder } from '../stream/activity.ts'
import { array, flag, type Plain, record, text } from '../stream/json-shape.ts'

/** How long a comparison may hold up everything else. */
const DIFF_MS = 250

export interface PermissionText {
  /** One line: what Claude wants to do. */
  title: string
  /** Claude's own words for the call. They are not part of it, so they never stand in one text with it. */
  description?: string
  /** The call itself, whole: a command is here byte for byte, and nothing else is. */
  text: string
  /** What is set for the call besides: every field of its input that the others do not show. */
  remark?: string
}

/**
 * What a person sees before allowing a tool call: the full command, an edit as a unified diff, anything else as JSON.
 * Every field of the input is in one of its parts, so that nothing is approved unseen.
 *
 * @param before the file as it is now, for edits; the diff then has its real surroundings
 */
export function permissionText(tool: string, input: unknown, cwd: string, before?: string): PermissionText {
  const fields = record(input) ?? {}
  switch (tool) {
    case 'Bash':
      return bash(fields)
    case 'Edit':
    case 'MultiEdit':
      return edit(tool, fields, cwd, before)
    case 'Write':
      return write(fields, cwd, before)
    case 'WebFetch':
      return {
        title: `Fetch ${text(fields.url) ?? 'a page'}`,
        text: `URL: ${text(fields.url) ?? ''}\n\n${text(fields.prompt) ?? ''}`.trim(),
        ...besides(fields, ['url', 'prompt']),
      }
    case 'WebSearch':
      return {
        title: 'Search the web',
        text: `Search for: ${text(fields.query) ?? ''}`,
        ...besides(fields, ['query']),
      }
    case 'ExitPlanMode':
      return { title: 'Start with this plan', text: text(fields.plan) ?? '', ...besides(fields, ['plan']) }
    default:
      return { title: `Use ${readableTool(tool)}`, text: pretty(input) }
  }
}

function bash(fields: Plain): PermissionText {
  const command = text(fields.command) ?? ''
  const description = text(fields.description)
  return {
    title: commandTitle(command, flag(fields.dangerouslyDisableSandbox)),
    ...(description !== undefined && { description }),
    text: command,
    ...besides(fields, ['command', 'description']),
  }
}

const MAX_TITLE_CHARS = 72

/** A short command is its own title; of a script the first line alone would say nothing, or the wrong thing. */
function commandTitle(command: string, isUnsandboxed: boolean): string {
  const lines = command.trim().split('\n')
  const [first = ''] = lines
  const where = isUnsandboxed ? ' outside of the sandbox' : ''
  if (lines.length > 1) return `Run a ${lines.length}-line script${where}`
  if (first === '') return `Run a command${where}`
  return isUnsandboxed
    ? `Run outside of the sandbox: ${shortened(first, MAX_TITLE_CHARS)}`
    : `Run ${shortened(first, MAX_TITLE_CHARS)}`
}

function edit(tool: string, fields: Plain, cwd: string, before: string | undefined): PermissionText {
  const path = pathFromFolder(text(fields.file_path), cwd) ?? 'a file'
  const steps = tool === 'Edit' ? [fields] : array(fields.edits).map((one) => record(one) ?? {})
  const known = ['file_path', ...(tool === 'Edit' ? ['old_string', 'new_string', 'replace_all'] : ['edits'])]
  const after = before === undefined ? undefined : applied(before, steps)
  const body =
    before !== undefined && after !== undefined
      ? patch(path, before, after)
      : steps.map((step) => fragment(path, step)).join('\n')
  return { title: `Edit ${path}`, text: body, ...besides(fields, known) }
}

function write(fields: Plain, cwd: string, before: string | undefined): PermissionText {
  const path = pathFromFolder(text(fields.file_path), cwd) ?? 'a file'
  const title = before === undefined ? `Write ${path}` : `Overwrite ${path}`
  const body = patch(path, before ?? '', text(fields.content) ?? '')
  return { title, text: body, ...besides(fields, ['file_path', 'content']) }
}

/** The file after the edits; undefined when one does not fit, as Claude would refuse it. */
function applied(before: string, steps: Plain[]): string | undefined {
  let now = before
  for (const step of steps) {
    const from = text(step.old_string) ?? ''
    const to = text(step.new_string) ?? ''
    if (from === '' ? now !== '' : !now.includes(from)) return undefined
    now = flag(step.replace_all) ? now.replaceAll(from, () => to) : now.replace(from, () => to)
  }
  return now
}

/** A diff of the replaced text alone, where the file is not known. */
function fragment(path: string, step: Plain): string {
  const everywhere = flag(step.replace_all) ? ' (every occurrence)' : ''
  return patch(`${path}${everywhere}`, text(step.old_string) ?? '', text(step.new_string) ?? '')
}

function patch(path: string, before: string, after: string): string {
  // Without the name once more and a ruler of `=` above it, which say nothing.
  const shape = { context: 3, headerOptions: FILE_HEADERS_ONLY }
  // Two long texts that have nothing in common take minutes to compare: then the new one is shown whole.
  const compared =
    createTwoFilesPatch(path, path, before, after, undefined, undefined, { ...shape, timeout: DIFF_MS }) ??
    createTwoFilesPatch(path, path, '', after, undefined, undefined, shape)
  return compared.replace(/\n$/, '')
}

/** Every field of the input that is not known, as a remark. */
function besides(fields: Plain, known: string[]): { remark?: string } {
  const others = Object.entries(fields).filter(([name, value]) => !known.includes(name) && value !== undefined)
  return others.length === 0 ? {} : { remark: `Also set: ${pretty(Object.fromEntries(others))}` }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? ''
}

function readableTool(tool: string): string {
  const mcp = /^mcp__(.+?)__(.+)$/.exec(tool)
  return mcp === null ? tool : `${mcp[2]} (${mcp[1]})`
}
