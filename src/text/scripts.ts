/** Scripts whose letters are drawn like those of others. */
const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Lisu', 'Georgian', 'Hebrew', 'Arabic']
const LETTERS = SCRIPTS.map((name) => ({ name, of: new RegExp(`\\p{Script=${name}}`, 'u') }))

/** What is between two blanks or signs: the pieces of a path or an address are words of their own. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu
/** Units and signs of mathematics that stand beside letters of another script, as in µs, kΩ or Δt. */
const MEANT = /^(?:[µμ][A-Za-z]{1,2}|[A-Za-z]?[Ωω]|[Δδπσλ][A-Za-z]|[Δδ]{1,2})$/u
/** Letters drawn as those of ASCII are. */
const DRAWN_AS_LATIN = /^[асеорхуѕіјһԁԛԝӏАВСЕНКМОРТХУЅІЈӀοναρυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսցհ]+$/u
/** A word of one of those scripts alone. */
const OTHERS = /^[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]{2,}$/u
const MOST_NAMED = 5

/** Words that mix letters of several scripts, or are of another one and read as Latin, each with those letters: `раypal (Cyrillic р U+0440, а U+0430)`. */
export function mixedWords(text: string): string[] {
  if (/^[\x00-\x7f]*$/.test(text)) return []
  const found = new Set<string>()
  // Prose of another language is full of single letters.
  const isProse = [...text.matchAll(WORD)].some(([word]) => OTHERS.test(word) && !DRAWN_AS_LATIN.test(word))
  for (const [word] of text.matchAll(WORD)) {
    if (found.size >= MOST_NAMED) break
    if (/^[\x00-\x7f]*$/.test(word) || MEANT.test(word)) continue
    const named = inWord(word, isProse ? 2 : 1)
    if (named !== undefined) found.add(named)
  }
  return [...found]
}

function inWord(word: string, shortest: number): string | undefined {
  const letters = [...new Set(word)].map((char) => ({ char, script: LETTERS.find(({ of }) => of.test(char))?.name }))
  const scripts = [...new Set(letters.flatMap(({ script }) => script ?? []))]
  if (scripts.length < 2 && (word.length < shortest || !DRAWN_AS_LATIN.test(word))) return undefined
  // Where Latin is among them, the others are the strangers: commands and paths are written in it.
  const home = scripts.includes('Latin') || scripts.length < 2 ? 'Latin' : scripts[0]
  const strangers = letters.filter(({ script }) => script !== undefined && script !== home)
  const names = strangers.map(({ char, script }) => `${script} ${char} ${number(char)}`)
  return `${word} (${names.join(', ')})`
}

const number = (char: string): string =>
  `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
