/** A file that nobody wrote by hand, or that is meant to keep the guard busy: it is told instead of being looked into. */
export class TooLarge extends Error {
  readonly path: string

  constructor(path: string) {
    super(`${path} is too large to check.`)
    this.name = 'TooLarge'
    this.path = path
  }
}
