/** What `baton init` was called with. */
export interface InitFlags {
  token?: string
  /** As in TELEGRAM_ALLOWED_USERS. */
  users?: string
  /** Set up a bot on Discord, too. */
  discord?: boolean
  /** Set up an app on Slack, too. */
  slack?: boolean
  /** Ask nothing: take what the flags say and the defaults. */
  yes?: boolean
  /** Write the service file, or do not; absent: ask. */
  service?: boolean
}
