import { createTwoFilesPatch } from 'diff/lib/patch/create.js'
import { pathFromFolder } from '../stream/activity.ts'
import { array, flag, type Plain, record, text } from '../stream/json-shape.ts'

/** How long a comparison may hold up everything else. */
const DIFF_MS = 250

export interface PermissionText {
  /** One line: what Claude wants to do. */
  title: string
  /** Everything that is approved, whole: never cut. */
  text: string
}

/**
 * What a person sees before allowing a tool call: the full command, an edit as a unified diff, anything else as JSON.
 * Every field of the input is in it, so that nothing is approved unseen.
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
        text: whole(`URL: ${text(fields.url) ?? ''}\n\n${text(fields.prompt) ?? ''}`.trim(), fields, ['url', 'prompt']),
      }
    case 'WebSearch':
      return {
        title: 'Search the web',
        text: whole(`Search for: ${text(fields.query) ?? ''}`, fields, ['query']),
      }
    case 'ExitPlanMode':
      return { title: 'Start with this plan', text: whole(text(fields.plan) ?? '', fields, ['plan']) }
    default:
      return { title: `Use ${readableTool(tool)}`, text: pretty(input) }
  }
}

function bash(fields: Plain): PermissionText {
  const command = text(fields.command) ?? ''
  const description = text(fields.description)
  const body = description === undefined ? command : `${command}\n\n# ${description.replaceAll('\n', '\n# ')}`
  const known = ['command', 'description']
  const unsandboxed = flag(fields.dangerouslyDisableSandbox) ? ' outside of the sandbox' : ''
  return { title: `Run a command${unsandboxed}`, text: whole(body, fields, known) }
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
  return { title: `Edit ${path}`, text: whole(body, fields, known) }
}

function write(fields: Plain, cwd: string, before: string | undefined): PermissionText {
  const path = pathFromFolder(text(fields.file_path), cwd) ?? 'a file'
  const title = before === undefined ? `Write ${path}` : `Overwrite ${path}`
  const body = patch(path, before ?? '', text(fields.content) ?? '')
  return { title, text: whole(body, fields, ['file_path', 'content']) }
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
  const context = 3
  // Two long texts that have nothing in common take minutes to compare: then the new one is shown whole.
  const compared =
    createTwoFilesPatch(path, path, before, after, undefined, undefined, { context, timeout: DIFF_MS }) ??
    createTwoFilesPatch(path, path, '', after, undefined, undefined, { context })
  // The first line is a ruler of `=` and says nothing.
  return compared.slice(compared.indexOf('\n') + 1).replace(/\n$/, '')
}

/** The body, and every field of the input that it does not show. */
function whole(body: string, fields: Plain, known: string[]): string {
  const others = Object.entries(fields).filter(([name, value]) => !known.includes(name) && value !== undefined)
  return others.length === 0 ? body : `${body}\n\nAlso: ${pretty(Object.fromEntries(others))}`
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? ''
}

function readableTool(tool: string): string {
  const mcp = /^mcp__(.+?)__(.+)$/.exec(tool)
  return mcp === null ? tool : `${mcp[2]} (${mcp[1]})`
}
