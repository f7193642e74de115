import { claudeProgram } from './claude-program.ts'
import { openSession, type Session } from './claude-session.ts'
import { type MessagesApi, type Script, startMessagesApi } from './messages-api.ts'
import { QUIET_CLAUDE } from './quiet-claude.ts'

/** The real program in a session of its own, talking to the stand-in API. */
export interface RealClaude extends AsyncDisposable {
  api: MessagesApi
  session: Session
}

export interface RealOptions {
  /** Behave like a subscription: only then a usage limit is one. */
  subscription?: boolean
}

export async function startRealClaude(script: Script, options: RealOptions = {}): Promise<RealClaude> {
  const api = await startMessagesApi(script)
  const session = openSession({
    command: [claudeProgram()],
    env: {
      ANTHROPIC_BASE_URL: api.url,
      ...(options.subscription
        ? { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-stand-in' }
        : { ANTHROPIC_API_KEY: 'sk-ant-stand-in' }),
      ...QUIET_CLAUDE,
      // Trouble with the service is told after two tries instead of ten.
      CLAUDE_CODE_MAX_RETRIES: '1',
      // As root, bypassPermissions is refused otherwise.
      IS_SANDBOX: '1',
    },
  })
  return {
    api,
    session,
    [Symbol.asyncDispose]: async () => {
      session[Symbol.dispose]()
      await api.close()
    },
  }
}
