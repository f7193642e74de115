import { startClaude } from '../../src/claude/process/process.ts'
import type { ClaudeStart } from '../../src/claude/types.ts'

/** Starts an agent in a process of its own, to be killed: `node claude-holder.ts START`. Tells its first sign and asks. */
const start = JSON.parse(process.argv[2] ?? '{}') as ClaudeStart
startClaude(start, {
  onMessage: (message) => void (message.type === 'assistant' && process.stdout.write('working\n')),
  onAsk: () => void process.stdout.write('asked\n'),
})
