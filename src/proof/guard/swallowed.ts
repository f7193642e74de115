import { assertionsOf } from './assertions.ts'
import type { Language } from './language.ts'
import { closing } from './mask.ts'

/** Blocks with assertions whose failure is caught, and neither thrown again nor asserted about. */
export function swallows({ bare, language }: { bare: string; language: Language }): number {
  const asserts = (text: string) => assertionsOf(language, { code: text, bare: text }).length > 0
  const passesOn = (text: string) => asserts(text) || /\b(?:throw|raise|fail|done|reject)\b/.test(text)
  if (language === 'python' || language === 'ruby')
    return [
      ...bare.matchAll(
        /^([ \t]*)(?:try:|begin\b)[^\n]*\n((?:\1[ \t]+[^\n]*\n|[ \t]*\n)+)\1(?:except|rescue)\b([^\n]*)\n((?:\1[ \t]+[^\n]*(?:\n|$)|[ \t]*\n)+)/gm,
      ),
    ].filter(
      ([, , tried = '', what = '', caught = '']) =>
        asserts(tried) &&
        (/Assertion|Exception|Expectation/.test(what) || /^\s*:?\s*$/.test(what)) &&
        !passesOn(caught),
    ).length
  if (language !== 'js' && language !== 'java') return 0
  return [...bare.matchAll(/\btry\s*\{/g)].filter((match) => {
    const open = match.index + match[0].length - 1
    const end = closing(bare, open)
    const caught = /^\s*catch\s*(?:\(([^)]*)\))?\s*\{/.exec(bare.slice(end, end + 300))
    if (!caught || !asserts(bare.slice(open + 1, end - 1))) return false
    if (language === 'java' && !/Throwable|Error/.test(caught[1] ?? '')) return false
    const start = end + caught[0].length
    return !passesOn(bare.slice(start, closing(bare, start - 1) - 1))
  }).length
}

/** Ways to let a failure pass unseen, or not to come to it at all. */
export const SWALLOWED: [RegExp, string][] = [
  [
    /catch\s*(?:\([^)]*\))?\s*\{\s*\}|except[^\n:]*:\s*(?:\n\s*)?(?:pass|\.\.\.|return)\b|rescue[^\n]*\n\s*(?:nil\s*)?end|\.catch\(\s*(?:\(\w*\)|\w+)?\s*=>\s*(?:\{\s*\}|undefined|null)\s*\)|catch_unwind/g,
    'lets failures pass unseen',
  ],
  [
    /^\s*return\s*;?\s*(?:True|nil)?\s*$|(?:=>\s*\{|\)\s*\{|\bdo)\s*return\s*;?\s*$|^\s*if\s*\(?(?:true|True|1)\)?[^\n]*\breturn\b/gm,
    'ends before it has asserted everything',
  ],
  [
    /\bif\s*\(?\s*(?:false|False|0|nil)\s*\)?\s*[:{]?\s*$|\bif\s*\(\s*(?:false|0)\s*\)/gm,
    'has assertions that never run',
  ],
  [/\|\|\s*(?:true|:)\s*$/gm, 'lets failures pass unseen'],
  [
    /\bsuppress\(\s*(?:Assertion|Base|Exc)|defer\s+func\(\)\s*\{\s*(?:_\s*=\s*)?recover\(\)\s*;?\s*\}\(\)/g,
    'lets failures pass unseen',
  ],
  [/^\s*if\b[^\n]*[):]\s*\{?\s*return\s*;?\s*\}?\s*$/gm, 'ends early on a condition'],
  [
    /\b(?:setTimeout|setImmediate|queueMicrotask|nextTick)\(\s*(?:async\s*)?\(?\w*\)?\s*=>\s*\{?\s*(?:expect|assert)|(?<!\b(?:await|return)\s+|=>\s*|[[(,]\s*)\b(?:assert\.(?:rejects|doesNotReject)\(|expect\([^\n]*\)\.(?:rejects|resolves)\b)/g,
    'has an assertion that it does not wait for',
  ],
]
