import { playAgent } from './agent.ts'
import { readRehearsalArguments } from './arguments.ts'
import { openJournal } from './journal.ts'
import { openSessionStore } from './session-store.ts'
import { openWire } from './wire.ts'

/**
 * The rehearsal agent: takes Claude's place and speaks its protocol, without an account and without a network. It
 * acts out what lines of the prompt tell it (`rehearse: edit notes.txt "Hello"`), and says everywhere that it is one.
 */
export async function runRehearsal(argv: readonly string[]): Promise<void> {
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
  await playAgent({
    args,
    wire,
    store: openSessionStore(process.env),
    witness: openJournal(process.env),
    exit: (code) => process.exit(code),
  })
}
