/** How finished work is brought together; `merge:` of the configuration. */
export interface MergeOptions {
  /** `run`: a branch of the run. `current`: that one, and the user's branch follows where it can. Else a branch's name. */
  into: string
  method: 'squash' | 'merge'
}
