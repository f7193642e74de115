/** What `baton init` was called with. */
export interface InitFlags {
  token?: string
  /** As in TELEGRAM_ALLOWED_USERS. */
  users?: string
  /** Set up a bot on Discord, too. */
  discord?: boolean
  /** Ask nothing: take what the flags say and the defaults. */
  yes?: boolean
  /** Write the service file, or do not; absent: ask. */
  service?: boolean
}
