/** How worktrees are kept; `worktree:` of the configuration. */
export interface WorktreeOptions {
  /** Absolute. */
  dir: string
  /** Patterns (as in .gitignore) of files that are copied from the user's checkout, beside those of .worktreeinclude. */
  copy: string[]
  /** Commands that are run once in each fresh worktree, and again when a lock file changed. */
  setup: string[]
  /** Free worktrees that stay for the next tasks. */
  keep: number
}
