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
  [/\banew\b/i, 'again, re-'],
  [/\bgo(es)? on\b(?! (with `?--|to\b|hold\b|top\b|the\b|its\b|a\b|one\b))/i, 'continues, resumes'],
  [/\bsees? to it\b/i, 'makes sure'],
  [/\bbroken off\b/i, 'canceled, stopped'],
  [/\bwho works\b/i, 'the process, the agent'],
  [/\bit is (refused|told) to\b/i, 'say who refuses, and what'],
  [/\bstands (below|above|there)\b/i, 'is below, is above, is there'],
  [/\belse than\b/i, 'other than'],
  [/\bis (it|there) already\b|\bthere already\b/i, 'already there'],
  [/\bstands? in (`?config\.yaml|`?\.env|the state|the file|the text)\b/i, 'is in, is written in'],
  [/\b(has|have) not the\b/i, 'lacks the'],
  [/\bcould not be asked of\b/i, 'Baton could not ask …'],
  [/\bcannot be told:/i, 'Baton cannot tell …'],
  [/\bis (not )?(asked|told) (any|no|every)thing\b/i, 'say who asks or tells, and what'],
  [/(?<!\bthere )\bis no (list|name|id|valid|descendant|successor)\b/i, 'is not a …'],
  [/\b(was|were) pushed to since\b/i, 'somebody has pushed to it since'],
  [/\bcalled otherwise\b|\bhas another name by now\b/i, 'has been renamed'],
  [/\bwhat becomes of it is\b|\bnothing came of it\b/i, 'say the result, and where it appears'],
  [/\b(is|are) to be (?!seen\b)\w+/i, 'should be …, will be …, or leave it out'],
  [/\b(counts?|needs?( it)?|has|have) no more\b(?! \w)/i, 'no longer …'],
  [/\b(was|were|is|are|been) begun\b/i, 'was started'],
  [/\bexists already\b/i, 'already exists'],
  [/\bone's own\b|\bas one (would|writes|types)\b/i, 'their own, as it is written'],
  [/\bWhat of (an?|the|its?|those|them)\b/i, 'the parts of … that …'],
  // A title is never glued to a verb; what ends a phrase is fine.
  [/\$\{taskName\([^)]*\)\} [a-z]/, 'a verb first, or taskSubject() for the beginning of a sentence'],
]

/** Where such words are right, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/claude/start/prompt.ts': 'words for Claude, as they were when real runs were measured with them',
  'src/proof/judge-prompt.ts': 'the same',
  'src/store/migrations.ts': 'migrations stay as they were run',
  'src/taskfile/fields/no-command.ts': 'words of several languages that tell prose from a command',
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

/** The comments of a program, each with where it begins. */
function commentsOf(code: string, lang: 'ts' | 'js'): Words[] {
  const bare = code.split('')
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return
    const { type, start, end } = node as { type?: string; start: number; end: number }
    // What looks like a comment inside these is not one.
    if (type === 'Literal' || type === 'TemplateLiteral') bare.fill(' ', start, end)
    for (const child of Object.values(node)) visit(child)
  }
  visit(parseAst(code, { lang }))
  return [...bare.join('').matchAll(/\/\*[\s\S]*?\*\/|\/\/.*/g)].map(({ 0: text, index }) => ({ text, offset: index }))
}

/** A document without its code blocks, line by line as it was. */
function proseOf(markdown: string): Words[] {
  return [{ text: markdown.replace(/^```[\s\S]*?^```/gm, (code) => code.replace(/[^\n]/g, ' ')), offset: 0 }]
}

function complaints(path: string, whole: string, words: readonly Words[]): string[] {
  const found = words.flatMap(({ text, offset }) =>
    PHRASES.flatMap(([phrase, instead]) =>
      [...text.matchAll(new RegExp(phrase, `${phrase.flags}g`))].map((hit) => {
        const line = whole.slice(0, offset + hit.index).split('\n').length
        return `${path}:${line}: “${hit[0]}”; better: ${instead}`
      }),
    ),
  )
  return [...new Set(found)]
}

function filesOf(folder: string, ending: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

const PROGRAM = /\.(ts|js|mjs)$/
const langOf = (file: string) => (file.endsWith('.ts') ? 'ts' : 'js')

function complaintsOf(files: readonly string[], wordsOf: (whole: string, file: string) => Words[]): string[] {
  return files.flatMap((file) => {
    const path = relative(ROOT, file).replaceAll('\\', '/')
    if (path in ALLOWED) return []
    const whole = readFileSync(file, 'utf8')
    // Parsing takes its time, and most files need none.
    return PHRASES.some(([phrase]) => phrase.test(whole)) ? complaints(path, whole, wordsOf(whole, file)) : []
  })
}

it('says what people read in plain English', () => {
  expect(complaintsOf(filesOf('src', PROGRAM), (whole, file) => literalsOf(whole, langOf(file)))).toEqual([])
})

it('says in comments what the code does in plain English', () => {
  const files = ['src', 'bench', 'scripts', 'faults', 'test', 'tools', 'bin'].flatMap((folder) =>
    filesOf(folder, PROGRAM),
  )
  expect(complaintsOf(files, (whole, file) => commentsOf(whole, langOf(file)))).toEqual([])
})

it('has documents in plain English', () => {
  const files = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((name) => join(ROOT, name))
  expect(complaintsOf([...files, ...filesOf('docs', /\.md$/)], proseOf)).toEqual([])
})

it('sees such a phrase in a string, a template, a comment and a document, and not in code or a code block', () => {
  const code = [
    '// It goes on by itself.',
    "say('Paused. /resume goes on.')",
    'say(`' + '$' + "{a ? 'Nothing is asked' : b}`)",
    'say(`' + '$' + '{taskName(task)} begins`)',
    'say(`Started ' + '$' + '{taskName(task)}`)',
    "const url = 'https://at work' /* at work */",
  ].join('\n')
  const linesOf = (words: Words[]) => [
    ...new Set(complaints('x.ts', code, words).map((one) => Number(one.split(':')[1]))),
  ]
  expect(linesOf(literalsOf(code, 'ts')).sort()).toEqual([2, 3, 4, 6])
  expect(linesOf(commentsOf(code, 'ts'))).toEqual([1, 6])
  const document = 'It is asked back.\n\n```\nat work\n```\n'
  expect(complaints('x.md', document, proseOf(document))).toHaveLength(1)
})
