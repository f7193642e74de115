/** A file that an attempt changed, as it was and as it is; absent where it was not, or is not any more. */
export interface ChangedFile {
  /** As it is called now, `/`-separated, from the top of the repository. */
  path: string
  /** As it was called before; absent when the name stayed. */
  from?: string
  before?: string
  after?: string
}
