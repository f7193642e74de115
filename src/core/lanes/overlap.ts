/**
 * True when two lists of paths or patterns (`src/login.ts`, `src/**`, `docs/*.md`) can name the same file. In doubt they do.
 * A path stands for everything below it as well.
 */
export function filesOverlap(these: readonly string[] = [], those: readonly string[] = []): boolean {
  return these.some((one) => those.some((other) => segmentsOverlap(segments(one), segments(other))))
}

const segments = (pattern: string): string[] =>
  pattern.split(/[\\/]+/).filter((segment) => segment !== '' && segment !== '.')

function segmentsOverlap([a, ...as]: string[], [b, ...bs]: string[]): boolean {
  if (a === undefined || b === undefined) return true
  if (a === '**') return segmentsOverlap(as, [b, ...bs]) || segmentsOverlap([a, ...as], bs)
  if (b === '**') return segmentsOverlap(bs, [a, ...as]) || segmentsOverlap([b, ...bs], as)
  return namesOverlap(a, b) && segmentsOverlap(as, bs)
}

const WILD = /[*?[{!]/

/** Two names of files or folders; of two patterns only what comes before and after their wildcards is compared. */
function namesOverlap(a: string, b: string): boolean {
  const [startA, endA] = ends(a)
  const [startB, endB] = ends(b)
  if (!WILD.test(a) && !WILD.test(b)) return a === b
  return (startA.startsWith(startB) || startB.startsWith(startA)) && (endA.endsWith(endB) || endB.endsWith(endA))
}

function ends(name: string): [string, string] {
  const first = name.search(WILD)
  if (first < 0) return [name, name]
  return [name.slice(0, first), /[^*?\]}!]*$/.exec(name)?.[0] ?? '']
}
