import { type Assertion, assertionsOf } from './assertions.ts'
import type { Language } from './language.ts'
import { closing, type Masked } from './mask.ts'

/** Functions of the file that assert on behalf of its tests. */
export function helpersOf(language: Language, { code, bare }: Masked): Map<string, Assertion[]> {
  const helpers = new Map<string, Assertion[]>()
  const take = (name: string, from: number, to: number) => {
    if (/^(test|it|describe|Test)/.test(name) || to - from > MAX_HELPER_CHARS) return
    const own = assertionsOf(language, { code: code.slice(from, to), bare: bare.slice(from, to) })
    if (own.length > 0) helpers.set(name, own)
  }
  if (language === 'python' || language === 'ruby') {
    const pattern = /^([ \t]*)def (?!test)(\w+)[\s\S]{0,3000}?(?=\n\1\S|\n\1?(?:def|end)\b|$(?![\s\S]))/gm
    for (const match of bare.matchAll(pattern)) take(match[2] ?? '', match.index, match.index + match[0].length)
    return helpers
  }
  for (const match of bare.matchAll(
    /\b(?:function\*?|func(?:\s*\([^)\n]*\))?|fn|void)\s+(\w+)\s*(?:<[^>\n]*>)?\s*(?=\()|\b(?:const|let)\s+(\w+)\s*(?::[^=\n]*)?=\s*(?:async\s*)?(?=\(|function\b|\w+\s*=>)/g,
  )) {
    const from = match.index
    const start = from + match[0].length
    const parameters = bare[start] === '(' ? closing(bare, start) : start
    take(match[1] ?? match[2] ?? '', from, bodyEnd(bare, parameters))
  }
  return helpers
}

/** What is longer is not a helper, but half a file whose brackets do not close. */
const MAX_HELPER_CHARS = 5_000

/** The end of a function's body: that of its block, or of its expression. */
function bodyEnd(bare: string, at: number): number {
  for (let i = at; i < bare.length; i++) {
    const char = bare[i] as string
    if (char === '{' && !/=>\s*\($/.test(bare.slice(Math.max(at, i - 10), i))) return closing(bare, i)
    if (char === '(' || char === '[') i = closing(bare, i) - 1
    else if (
      char === ';' ||
      (char === '\n' &&
        !/^\s*(?:[.&|?:+]|=>|\{)/.test(bare.slice(i + 1, i + 80)) &&
        !/(?:=>|[=(,&|?:])\s*$/.test(bare.slice(Math.max(at, i - 10), i)))
    )
      return i
  }
  return bare.length
}
