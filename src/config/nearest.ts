import { distance } from 'fastest-levenshtein'

/** The known word that was probably meant, or undefined when none is near enough to be worth saying. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const { length } = simplify(written)
  // Two letters that changed places count twice.
  return closest(written, known, Math.max(length > 3 ? 2 : 1, Math.floor(length / 3)))
}

/** The known word that looks most like it, however little that is; `atMost` is how many letters may differ. */
export function closest(
  written: string,
  known: readonly string[],
  atMost = Number.POSITIVE_INFINITY,
): string | undefined {
  const plain = simplify(written)
  let best: string | undefined
  let bestDistance = atMost + 1
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
