/** What keeps a real `claude` from talking to anybody but the server it is pointed at. */
export const QUIET_CLAUDE = {
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
}
