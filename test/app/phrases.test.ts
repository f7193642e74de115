import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** What a native reader stumbles over, and what to write instead. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bgo(es)? on by (it|them)sel(f|ves)\b/i, 'resumes automatically'],
  [/\/(resume|start) (goes on|begins)\b/i, '/resume to continue, /start to begin'],
  [/\b(begins?|begun) anew\b/i, 'starts over; retrying from scratch'],
  [/\bat work\b/i, 'running, current'],
  [/\bwaits by itself\b/i, 'paused until …'],
  [/\bwaits for you\b/i, 'waiting for you'],
  [/\basked back\b/i, 'asks for confirmation'],
  [/\b(Claude|nobody) is told\b/i, 'Claude gets; Instruction'],
  [/\bnobody is listening\b/i, 'Claude no longer works on it'],
  [/\buntil told\b/i, 'until you start it'],
  [/\bno longer asked\b/i, 'no longer needed'],
  [/\bnothing is asked\b/i, 'nothing is waiting for an answer'],
  [/\bis (there|done|paused|decided|undone) already\b/i, 'is already …'],
  [/\bstands (twice|inside|behind)\b/i, 'appears twice, is inside'],
  [/\bput back a backup\b|\bmake room\b/i, 'restore a backup, free some space'],
  [/\bswitched off\b/i, 'turned off'],
  [/\bis no (plain file|script|Bot API|JSON)\b/i, 'is not a …'],
  [/\bMay task\b/, 'Start task …?'],
  [/\bSay it again with\b/i, 'Confirm with …'],
  [/\bthe word was said\b/i, 'confirmed'],
  // A title is never glued to a verb; what ends a phrase is fine.
  [/\$\{taskName\([^)]*\)\} [a-z]/, 'a verb first, or taskSubject() for the beginning of a sentence'],
]

/** Where such words are right, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/claude/prompt.ts': 'words for Claude, as they were when real runs were measured with them',
  'src/taskfile/no-command.ts': 'words of several languages that tell prose from a command',
}

interface Words {
  text: string
  offset: number
}

/** The string literals of a program, each with where it begins. */
function literalsOf(code: string, lang: 'ts' | 'js'): Words[] {
  const found: Words[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return
    const { type, start, end, value } = node as { type?: string; start: number; end: number; value?: unknown }
    if (type === 'Literal' && typeof value === 'string') found.push({ text: value, offset: start })
    if (type === 'TemplateLiteral') found.push({ text: code.slice(start, end), offset: start })
    for (const child of Object.values(node)) visit(child)
  }
  visit(parseAst(code, { lang }))
  return found
}

/** A document without its code blocks, line by line as it was. */
function proseOf(markdown: string): Words[] {
  return [{ text: markdown.replace(/^```[\s\S]*?^```/gm, (code) => code.replace(/[^\n]/g, ' ')), offset: 0 }]
}

function complaints(path: string, whole: string, words: readonly Words[]): string[] {
  const found = words.flatMap(({ text, offset }) =>
    PHRASES.flatMap(([phrase, instead]) => {
      const hit = phrase.exec(text)
      if (!hit) return []
      const line = whole.slice(0, offset + hit.index).split('\n').length
      return [`${path}:${line}: “${hit[0]}”; better: ${instead}`]
    }),
  )
  return [...new Set(found)]
}

function programs(): string[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

it('says what people read in plain English', () => {
  const documents = ['README.md', 'docs/container.md', 'docs/rehearsal.md', 'docs/security.md', 'docs/service.md']
  const found = [...programs(), ...documents.map((path) => join(ROOT, path))].flatMap((file) => {
    const path = relative(ROOT, file).replaceAll('\\', '/')
    if (path in ALLOWED) return []
    const whole = readFileSync(file, 'utf8')
    const words = file.endsWith('.md') ? proseOf(whole) : literalsOf(whole, file.endsWith('.ts') ? 'ts' : 'js')
    return complaints(path, whole, words)
  })
  expect(found).toEqual([])
})

it('sees such a phrase in a string, a template and a document, and not in a comment or a code block', () => {
  const code = [
    '// It goes on by itself.',
    "say('Paused. /resume goes on.')",
    'say(`' + '$' + "{a ? 'Nothing is asked' : b}`)",
    'say(`' + '$' + '{taskName(task)} begins`)',
    'say(`Started ' + '$' + '{taskName(task)}`)',
  ].join('\n')
  const lines = complaints('x.ts', code, literalsOf(code, 'ts')).map((one) => one.split(':')[1])
  expect([...new Set(lines)].sort()).toEqual(['2', '3', '4'])
  const document = 'It is asked back.\n\n```\nat work\n```\n'
  expect(complaints('x.md', document, proseOf(document))).toHaveLength(1)
})
