import { basename, join, resolve } from 'node:path'
import { readPlainSync } from '../../files/plain.ts'
import { isWithin, realPath } from '../../files/real-path.ts'
import { programFolder } from '../../program-folder.ts'
import { record, text } from '../stream/json-shape.ts'

/** Names that start Baton, wherever they stand. */
const NAMES = /^(baton|baton-tasks)(@[^/]*|\.(c|m)?[jt]s|\.cmd|\.exe)?$/i
/** Whatever this is, it is not a name of a file or program. */
const BETWEEN_NAMES = /[^\w./@~+:-]+/
/** Starting other scripts of package.json, as far as these name each other. */
const RUNS_SCRIPT =
  /\b(?:npm|pnpm|yarn|bun)(?:\s+-\S+)*\s+(?:(?:run|run-script|exec)\s+)?(?:-\S+\s+)*([\w:.-]+)|\b(?:npm-run-all|run-[sp])\s+([^;&|]+)/g
const MOST_SCRIPTS = 40
const LARGEST_BYTES = 1024 * 1024

/**
 * Whether a command may start Baton: by its name, by a path to its program through all links, inside a string for another
 * shell, or by a script of the project's package.json. Such a command is decided each time: it could approve what comes next.
 */
export function callsBaton(command: string, cwd: string, program: string = programFolder()): boolean {
  const scripts = scriptsOf(cwd)
  const seen = new Set<string>()
  const open = [command]
  while (open.length > 0) {
    const line = open.pop() as string
    if (namesBaton(line, cwd, program)) return true
    for (const name of scriptsIn(line)) {
      if (seen.has(name) || seen.size >= MOST_SCRIPTS) continue
      seen.add(name)
      for (const one of [`pre${name}`, name, `post${name}`]) {
        const script = text(scripts[one])
        if (script !== undefined) open.push(script)
      }
    }
  }
  return false
}

function namesBaton(line: string, cwd: string, program: string): boolean {
  // Quotes and backslashes inside a word change nothing for a shell.
  const names = line
    .replace(/['"\\]/g, '')
    .split(BETWEEN_NAMES)
    .filter(Boolean)
  return names.some((name) => NAMES.test(basename(name)) || (/[/]/.test(name) && leadsTo(name, cwd, program)))
}

/** Below the program, and not only because the project is. */
function leadsTo(name: string, cwd: string, program: string): boolean {
  const [path, folder, own] = [realPath(resolve(cwd, name)), realPath(cwd), realPath(program)]
  return isWithin(path, own) && !(isWithin(folder, own) && isWithin(path, folder))
}

function scriptsIn(line: string): string[] {
  return [...line.matchAll(RUNS_SCRIPT)].flatMap(([, one, several]) => one ?? several?.trim().split(/\s+/) ?? [])
}

function scriptsOf(cwd: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(readPlainSync(join(cwd, 'package.json'), LARGEST_BYTES).toString('utf8'))
    return record(record(parsed)?.scripts) ?? {}
  } catch {
    return {}
  }
}
