import { distance } from 'fastest-levenshtein'

/** The known word that was probably meant, or undefined when none is near enough to be worth saying. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const plain = simplify(written)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(plain.length / 3)) + 1
  for (const word of known) {
    const candidate = simplify(word)
    const far = candidate === plain ? 0 : distance(plain, candidate)
    if (far < bestDistance) {
      best = word
      bestDistance = far
    }
  }
  return best
}

/** `allowedTools`, `allowed-tools` and `ALLOWED_TOOLS` are the same word to the person who typed them. */
const simplify = (word: string): string => word.replace(/[-_\s]/g, '').toLowerCase()
