import { InvalidArgumentError } from 'commander'

/** A whole number; commander names the option or argument that it was given for. */
export function readNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a number.')
  return Number(text)
}

/** `1,3` and `2-5` as numbers, each once. */
export function readNumbers(text: string): number[] {
  const numbers = text.split(',').flatMap((part) => {
    const [, from, to] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? []
    const [first, last] = [Number(from), Number(to ?? from)]
    if (from === undefined || first < 1 || last < first || last - first > 100_000) {
      throw new InvalidArgumentError('Write task numbers, such as 1,3 or 2-5.')
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  return [...new Set(numbers)]
}
