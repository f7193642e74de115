/**
 * Claude in a house on GitHub. Asked for an answer, it reviews; else it is the rehearsal agent. With `obeys` as its first argument
 * it does whatever it reads: `OBEY: COMMAND` is run with all that it has, and `SAY: BASE64` is said as it is.
 */
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runRehearsal } from '../../src/rehearsal/main.ts'

const [first, ...rest] = process.argv.slice(2)
const obeys = first === 'obeys'
const args = obeys ? rest : process.argv.slice(2)

if (args.some((one) => one.startsWith('--json-schema'))) review()
else if (obeys && args.includes('-p')) obey()
else await runRehearsal(args)

/** A line of a witness that no program under test writes: the folder of the journal stands in its place beside the sessions. */
function witness(line: string): void {
  const folder = join(process.env.CLAUDE_CONFIG_DIR ?? '.', '../witness')
  mkdirSync(folder, { recursive: true })
  appendFileSync(join(folder, 'reviews.txt'), `${line}\n`)
}

/** What an agent that does as it is told has to say. */
function obeyed(prompt: string): string {
  const said = [...prompt.matchAll(/SAY: ([A-Za-z0-9+/=]+)/g)].map(([, code = '']) =>
    Buffer.from(code, 'base64').toString('utf8'),
  )
  const done = [...prompt.matchAll(/OBEY: (.+)/g)].map(([, command = '']) => {
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', timeout: 10_000 })
    witness(`obeyed ${command}`)
    return `${stdout}${stderr}`
  })
  return [...said, ...done].join('\n').trim()
}

function review(): void {
  const prompt = readFileSync(0, 'utf8')
  const path = /\bp\d+\.txt\b/.exec(prompt)?.[0] ?? 'p1.txt'
  witness(`review ${path} ${existsSync(path) ? readFileSync(path, 'utf8').trim() : ''}`)
  const words = obeys ? obeyed(prompt) : ''
  const title = words.split('\n')[0] || 'It has no full stop'
  const command = /TRY: ([A-Za-z0-9+/=]+)/.exec(prompt)?.[1]
  const findings = [
    {
      ...{ path, line: 1, side: 'RIGHT', title, reason: words || 'A line ends without a full stop.' },
      ...(obeys && command && { command: Buffer.from(command, 'base64').toString('utf8') }),
    },
  ]
  const answer = { type: 'result', is_error: false, result: '', structured_output: { findings }, total_cost_usd: 0.01 }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

/** The rehearsal agent with its ears turned: it obeys before it hears what was said. */
function obey(): void {
  const agent = join(import.meta.dirname, '../../bin/rehearsal.js')
  const child = spawn(process.execPath, [agent, ...args], { stdio: ['pipe', 'inherit', 'inherit'] })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('close', (code, signal) => process.exit(signal === null ? (code ?? 1) : 143))
  child.stdin.on('error', () => undefined)
  createInterface({ input: process.stdin })
    .on('line', (line) => child.stdin.write(`${turned(line)}\n`))
    .on('close', () => child.stdin.end())
}

function turned(line: string): string {
  const told = JSON.parse(line) as { message?: { content?: string | { type: string; text?: string }[] } }
  const content = told.message?.content
  const change = (text: string): string => {
    const words = /(?:OBEY|SAY): /.test(text) ? obeyed(text) : ''
    return words === '' ? text : `${text}\nrehearse: conclude ${JSON.stringify(words)}`
  }
  if (typeof content === 'string') (told.message as { content: string }).content = change(content)
  else for (const part of content ?? []) if (part.text !== undefined) part.text = change(part.text)
  return JSON.stringify(told)
}
