import { oddAdvice, oddCharacterIn } from '../text/odd-characters.ts'
import { readShell, type ShellLine, type ShellWord } from './shell-words.ts'

/** Why a line is not a command that a reader would run, with the offset where that shows. */
export interface NoCommand {
  at: number
  message: string
  hint: string
}

const asIs = 'Write the command alone, or all of it in backticks to run it exactly as written.'
/** Longer lines are commands: nobody writes prose of that length into a list of commands. */
const longest = 2_000

/**
 * Why a line of Verify or Run is not a command: a comment, a prompt, markup, half of it in backticks, words. A shell would
 * run most of them, and do something other than the reader thinks. What may well be a command is one: a wrong word here
 * keeps a file from being run, and a command that does not exist only fails.
 */
export function whyNoCommand(line: string): NoCommand | undefined {
  if (line.length > longest) return undefined
  return notShell(line) ?? notTyped(line, readShell(line))
}

/** The same for text that is in backticks as a whole: somebody says that it is code, and is believed. */
export function whyNoCode(line: string): NoCommand | undefined {
  return line.length > longest ? undefined : (notShell(line) ?? unclosed(readShell(line)))
}

const prompt =
  /^(?:[$%>»❯➜]|PS(?: [^>]*)?>|[A-Za-z]:\\[^>]*>|[\w.-]+@[\w.-]+[: ][^$#]*[$#]|\[[\w.-]+@[^\]]*\][$#]|\([\w.-]+\) ?[$%])[ \t]+\S/
const markup = /^(?:\*\*|~~|\||<[!/a-z]|!?\[[^\]]+\]\(|[-+*][ \t]|\[[^\]]{0,3}\][ \t])/i

function notShell(line: string): NoCommand | undefined {
  const start = line.search(/\S/)
  const text = line.trim()
  if (text.startsWith('#')) {
    return {
      at: start,
      message: 'This is only a comment',
      hint: 'A shell does nothing with it and succeeds. Remove the #.',
    }
  }
  const prompted = prompt.exec(text)
  if (prompted) {
    const shown = prompted[0].slice(0, -1).trim()
    return {
      at: start,
      message: `This starts with a prompt, “${shown}”`,
      hint: 'Write only what is typed after it, without the output.',
    }
  }
  if (markup.test(text)) return { at: start, message: 'This is text with markup, not a command', hint: asIs }
  return undefined
}

function unclosed({ open }: ShellLine): NoCommand | undefined {
  if (open === undefined) return undefined
  return {
    at: open,
    message: 'A quote, bracket or backtick that starts here is never closed',
    hint: 'No shell can run this. Close it.',
  }
}

/** What nobody types into a shell. */
function notTyped(line: string, shell: ShellLine): NoCommand | undefined {
  return oddlyTyped(shell) ?? halfCode(line, shell) ?? prose(line, shell) ?? unclosed(shell)
}

/** Characters of a word processor outside quotes: `npm test —watch`, `echo “hi”`. */
function oddlyTyped({ words }: ShellLine): NoCommand | undefined {
  for (const { text, at, bare } of words) {
    const odd = bare && !isForeign(text) ? oddCharacterIn(text) : undefined
    if (!odd) continue
    // A dash of its own separates words.
    if (text.length === 1 && odd.plain === '-') return asWords(at)
    return { at: at + odd.at, message: 'A command cannot contain this character here', hint: oddAdvice(odd) }
  }
  return undefined
}

/** Words in a script of their own have its punctuation, and are recognised as words. */
function isForeign(word: string): boolean {
  return /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(word)
}

function asWords(at: number): NoCommand {
  return { at, message: 'This reads as words, not as a command', hint: asIs }
}

/** `` `npm test` passes ``: a shell would run what the command prints. */
function halfCode(line: string, shell: ShellLine): NoCommand | undefined {
  const [first] = shell.backticks
  if (first === undefined || (!line.trimStart().startsWith('`') && substitutes(shell))) return undefined
  return {
    at: first,
    message: 'Only part of this is in backticks',
    hint: 'Write the command alone, and put what it should show into the Acceptance Criteria. For a substitution write $(…).',
  }
}

/** Whether words around backticks make a command that substitutes: it has shell in it, and no word that opens prose. */
function substitutes({ words, operators }: ShellLine): boolean {
  const [first] = words
  if (!first || opensProse.has(first.text.toLowerCase()) || !/^[a-z./~$[]|=/.test(first.text)) return false
  const isShell = ({ text }: ShellWord) => /^-{1,2}[a-z]|^\[$|[=$"']/.test(text)
  return operators.some(({ at }) => at < words.at(-1)!.at) || words.some(isShell) || takesText.has(first.text)
}

function prose(line: string, shell: ShellLine): NoCommand | undefined {
  const { words, operators } = shell
  const [first] = words
  if (!first) return operators.length > 0 ? asWords(operators[0]!.at) : undefined
  const arrow = /(?:^|\s)(?:[-=]+>|→|⇒|➡)/.exec(line)
  if (arrow && !isQuoted(shell, arrow.index + arrow[0].length - 1)) return asWords(arrow.index + arrow[0].search(/\S/))
  const at = bracketAt(line, shell) ?? (opensWithWords(shell) ? first.at : clauseAt(shell))
  return at === undefined ? undefined : asWords(at)
}

function isQuoted({ words }: ShellLine, at: number): boolean {
  return words.some((word) => !word.bare && at >= word.at && at < word.at + word.text.length)
}

/** `npm test (all green)`, `a) b`: behind a word, a bracket is no shell, but for functions and patterns. */
function bracketAt(line: string, { words, operators }: ShellLine): number | undefined {
  if (/\bcase\b|\(\)|\[\[/.test(line)) return undefined
  const found = operators.find(({ text, at }) => {
    if (text === ')' && operators[0]!.text === ')') return true
    if (text !== '(' || !/\s/.test(line[at - 1] ?? '')) return false
    const before = line.slice(0, at).trimEnd().length
    const word = words.findLast(({ at, text }) => at + text.length === before)
    return word !== undefined && !opensCommand.has(word.text)
  })
  return found?.at
}

/** Whether the first word is one of prose: in a capital, a number, with a colon, an address, a document. */
function opensWithWords({ words }: ShellLine): boolean {
  const [first, second, ...more] = words as [ShellWord, ...ShellWord[]]
  const { text } = first
  if (!first.bare) return /^(["'])[^/$]*\s[^/$]*\1$/.test(text) || clauseWords.has(second?.text ?? '')
  if (notNames.test(text) || document.test(text)) return true
  const word = text.toLowerCase().replace(/[,.;!?]+$/, '')
  const isCapital = /^[A-Z]/.test(text) && !/[=/\\]|\.\w+$/.test(text) && !capitalCommands.has(text)
  if (!second) return opensAlone.has(word) || (isCapital && /^.[a-z]/.test(text))
  const isOption = /^-{1,2}\w/.test(second.text)
  if (opensProse.has(word)) return !(mayBeCommand.has(text) && (isOption || /^[.~$*]|\//.test(second.text)))
  if (text === 'make' && /^(?:sure|certain|the|it|a|an|all)$/.test(second.text)) return more.length > 0
  if (text === 'test') return more.length > 0 && !words.some(({ text }) => /^(?:-\w+|!=?|==?|\\?[()<>])$/.test(text))
  // `MIX_ENV=test …`, `Rscript run.R`, `Unity -batchmode`
  return isCapital && !(isOption && !/^(?:test|make|build)$/.test(word))
}

const notNames =
  /^(?:[a-z]+:\/\/|.+:$|\d[\d.]*[%+]*$|[✓✔✗✘]|(?=[^\x00-\x7f])[\p{L}\p{Extended_Pictographic}]|(?=.*[^\x00-\x7f])\p{L}+$)/iu
const document = /^\w[\w./-]*\.(?:md|txt|json|ya?ml|toml|html?|css|tsx?|jsx|lock|csv|png|svg)$/i

/** Where a clause of prose shows among the words: `npm test is green`, `lint and types pass`. */
function clauseAt({ words, operators }: ShellLine): number | undefined {
  const end = words.at(-1)!
  const isShell =
    operators.some(({ text, at }) => text !== '(' && text !== ')' && at < end.at) ||
    words.some(({ text, bare }) => !bare || /^-{1,2}\w/.test(text))
  let first: number | undefined
  let count = 0
  let speaks = false
  let leads = true
  for (const [index, word] of words.entries()) {
    const isCommand: boolean = word.leads || leads
    leads = isCommand && (opensCommand.has(word.text) || /^\w+=/.test(word.text))
    if (isCommand) speaks = takesText.has(word.text)
    else if (!speaks && word.bare && isOfClause(words, index)) {
      first ??= word.at
      // `git diff --check passed.`
      count += index === words.length - 1 && /^(?:passe[ds]|succeed(?:s|ed))[.!]?$/i.test(word.text) ? 2 : 1
    }
  }
  return count >= (isShell ? 2 : 1) ? first : undefined
}

function isOfClause(words: ShellWord[], index: number): boolean {
  const text = words[index]!.text.toLowerCase()
  const plain = text.replace(/[,.;!?]+$/, '')
  const before = words[index - 1]!.text
  const isLast = index === words.length - 1
  if (clauseWords.has(plain)) return true
  if (isLast && words.length === 2 && /^(?:tests?|lint|build|types|typecheck|ci)$/i.test(before))
    return outcomes.has(plain) || goesWell.has(plain)
  if (goesWell.has(plain)) return !namesScript.has(before)
  if (verbs.has(plain)) return !(namesScript.has(before) || (isLast && before === 'test'))
  if (/^[\w-]{2,},$|^-{1,2}[\w-]+:$/.test(text)) return true
  if (/^(?:\p{Extended_Pictographic}|[✓✔✗✘])/u.test(text)) return true
  // A full stop ends a sentence, not a command.
  return isLast && words.length > 2 && (isOutcome(plain, before) || /^[a-z]{2,}[.!?]$/.test(text))
}

function isOutcome(word: string, before: string): boolean {
  return outcomes.has(word) && !namesScript.has(before)
}

const setOf = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/))

/** They begin a sentence, and no command that anybody has. */
const opensProse = setOf(`
  run running runs check checks checking ensure ensures ensuring verify verifies verifying confirm confirms validate
  validates execute executes assert asserts all the a an no every each any everything nothing something it its it's this
  that these those there they we you i tests should must may when whenever once then after before see look and or but
  also not none manually manual please expect expected expects works passes passing pass green code nobody both only
  still step steps add create update implement remove keep improve refactor review allow support handle prevent provide
  der die das alle kein keine manuell prüfe stelle bitte wenn nichts
  le la les tous toutes une aucun aucune manuellement lancer ouvrir rien
`)

/** Of these, some projects do have a program; with an option or a path it is one. */
const mayBeCommand = setOf(
  'check verify validate assert expect code look run tests add create update remove keep review support handle la le',
)

/** They are prose also when they are all there is. */
const opensAlone = setOf(
  'all everything nothing it none manually manual works passes passing green tbd todo nichts keine kein rien aucun aucune',
)

/** They hold a sentence together, and nobody gives them as an argument. */
const clauseWords = setOf(`
  the an and or that this these those should must shall will would cannot can't don't doesn't didn't isn't aren't won't
  is are was were been has have had does of to with without when while because still also every each their its it's your
  our we you they there according afterwards again
  ist sind wird werden muss müssen soll sollen kann ohne und oder nicht dass läuft laufen funktioniert
  est sont doit doivent passent avec
`)

/** Verbs of a good end, also behind `npm test`; a filter of that name can stand in backticks. */
const goesWell = setOf('passes succeeds works passe')

/** Verbs that say what a command does; some scripts are called like that, too. */
const verbs = setOf(`
  returns completes exits shows prints outputs contains exists responds displays compiles renders
  fails finishes reports matches mentions lists appears stays remains gives becomes builds
`)

/** At the end of a line they say how it went. */
const outcomes = setOf(
  'pass passed passing green succeed succeeded success ok okay clean correctly successfully fail failing failed',
)

/** Any words may follow them. */
const takesText = setOf(
  'echo printf say grep egrep fgrep rg ag ack figlet logger wall [ [[ export expr sed awk jq for case alias',
)

/** The name of a script follows them. */
const namesScript = setOf('run run-script exec make task rake just mage invoke')

/** A command follows them. */
const opensCommand = setOf('then do else elif if while until for in time ! { sudo env exec nohup command xargs')

const capitalCommands = setOf('R Rscript Xvfb Xorg VBoxManage VBoxHeadless MSBuild Godot PowerShell Julia')
