import { playAgent } from './agent.ts'
import { readRehearsalArguments } from './arguments.ts'
import { openJournal } from './journal.ts'
import { openSessionStore } from './session-store.ts'
import { openWire } from './wire.ts'

/**
 * The rehearsal agent: takes Claude's place and speaks its protocol, without an account and without a network. It
 * acts out what lines of the prompt tell it (`rehearse: edit notes.txt "Hello"`), and says everywhere that it is one.
 *
 * @param onStart called when it has its prompt and begins to work
 */
export async function runRehearsal(argv: readonly string[], onStart?: () => void): Promise<void> {
  const args = readRehearsalArguments(argv)
  if (args.command === 'version') {
    process.stdout.write('0.0.0 (Baton rehearsal)\n')
    return
  }
  if (args.command === 'auth') {
    process.stdout.write(`${JSON.stringify({ loggedIn: true, authMethod: 'rehearsal', apiProvider: 'rehearsal' })}\n`)
    return
  }
  // As Claude: the exit code says that it was ended, and there is no result.
  process.once('SIGTERM', () => process.exit(143))
  const wire = openWire()
  const journal = openJournal(process.env)
  await playAgent({
    args,
    wire,
    store: openSessionStore(process.env),
    witness: (what, sessionId, title) => {
      if (what === 'start') onStart?.()
      journal(what, sessionId, title)
    },
    exit: (code) => process.exit(code),
  })
}
