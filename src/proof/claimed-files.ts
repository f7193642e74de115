import { sentences } from './sentences.ts'

/** A file that a text says something was done to. */
export interface ClaimedFile {
  did: 'created' | 'updated' | 'deleted'
  path: string
}

const VERBS: Record<string, ClaimedFile['did']> = {
  created: 'created',
  wrote: 'created',
  updated: 'updated',
  modified: 'updated',
  edited: 'updated',
  deleted: 'deleted',
}

/** Kinds of files that a word with a dot in it may be; `config.port` and `Next.js` are none. */
const EXTENSIONS =
  'c|cc|cfg|conf|cpp|cs|css|csv|cts|dart|env|erl|ex|exs|go|gradle|graphql|h|hpp|hs|htm|html|ini|ipynb|java|json|jsonc|jsx|kt|kts|less|lock|lua|md|mdx|mjs|mts|php|pl|plist|prisma|properties|proto|ps1|py|r|rb|rs|rst|sass|scala|scss|sh|sql|svelte|svg|swift|tf|toml|ts|tsx|txt|vue|xml|yaml|yml|zig'
const NAME = String.raw`[\w@.()[\]-]+`
const PATH = String.raw`(?:\.{0,2}/)?(?:${NAME}/)*${NAME}\.(?:${EXTENSIONS})|(?:\.{0,2}/)?(?:${NAME}/)+${NAME}\.js`
const TOKEN = String.raw`(?:\[?\x60(${PATH})\x60(?:\]\([^)\s]*\))?|(${PATH})(?![\w/.-]*[\w/]))`
const FILLER = String.raw`(?:\s+(?:a|an|the|new|file|files|following))*`
const CLAIM = new RegExp(
  String.raw`(?:^|[-*+\u2022]\s+|\d+[.)]\s+|\bI(?:['\u2019]ve|\s+have)?\s+|\band\s+|,\s*)(${Object.keys(VERBS).join('|')})${FILLER}:?\s+${TOKEN}`,
  'gi',
)
const NEXT = new RegExp(String.raw`^(?:\s*,\s*(?:and\s+)?|\s+and\s+)${TOKEN}`, 'i')

/** What may follow a file that was meant itself; `import`, `function`, `from the index` mean something about it. */
const AFTER = /^\s*(?:$|[.,:;)!–—-](?:\s|$)|\((?!s\))|(?:with|that|which|for|by|so|where|containing|and|file)\b)/i
const AFTER_UPDATE = /^\s*to\b/i

const HEDGES =
  /\b(?:not|no|never|should|would|could|can|cannot|will|may|might|must|if|when|once|instead|previously|already|earlier|was|were|had|been|you|your|user|they|example|e\.g\.|rather than|outside|temporary|then (?:deleted|removed|restored|reverted))\b|n['’]t\b|\?/i

/** Files that the text plainly says were created, updated or deleted. What can be read in another way is left out. */
export function claimedFiles(text: string): ClaimedFile[] {
  const found = new Map<string, ClaimedFile>()
  for (const sentence of sentences(text)) {
    if (HEDGES.test(sentence)) continue
    for (const match of sentence.matchAll(CLAIM)) {
      const did = VERBS[(match[1] ?? '').toLowerCase()]
      if (!did) continue
      let paths = [match[2] ?? match[3] ?? '']
      let rest = sentence.slice(match.index + match[0].length)
      for (let next = NEXT.exec(rest); next; next = NEXT.exec(rest)) {
        paths.push(next[1] ?? next[2] ?? '')
        rest = rest.slice(next[0].length)
      }
      if (!AFTER.test(rest) && !(did === 'updated' && AFTER_UPDATE.test(rest))) paths = []
      for (const path of paths) found.set(`${did} ${path}`, { did, path: path.replace(/^\.\//, '') })
    }
  }
  return [...found.values()]
}
