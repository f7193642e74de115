import type { Random } from '../random.ts'
import { inForms, type Secret } from './kinds.ts'
import { type SplitPlants, splitPlants } from './split.ts'

/** The texts of a house, with secrets in all of them. */
export interface Plants {
  /** Path below the home → content. */
  files: Record<string, string>
  /** Some words with secrets in them, for whoever says something. */
  words: () => string
  /** Words that may stand in a file name, a heading or an option. */
  plainWords: () => string
}

const PIECE = 256 * 1024

/** Puts every secret into the files that the agent, the checks and the commands print, and some into each other text. */
export function plant(
  random: Random,
  { whole: secrets, split }: { whole: readonly Secret[]; split: readonly Secret[] },
): Plants {
  const apart = splitPlants(random, split)
  const some = (from: readonly Secret[]) => Array.from({ length: random.int(1, 3) }, () => random.pick(from).value)
  const plain = secrets.filter(({ isPlain }) => isPlain)
  const words = () => `${some(secrets).reduce((text, value) => `${text} ${value} and`, 'so')} on`
  const plainWords = () => some(plain).reduce((text, value) => `${text} ${value}`, 'with')
  const everything = secrets.flatMap(inForms)
  return {
    words,
    plainWords,
    files: {
      'tasks/today.md': taskFile({ random, secrets, plain, words, plainWords, apart }),
      'tasks/long.md': `## Task 1: Long\n**Claude Instruction:**\nrehearse: say ${longLine(secrets)}\n`,
      'plants.txt': `${everything.join('\n')}\n`,
      'apart.txt': `${Array.from({ length: 8 }, apart.printed).join('\n')}\n`,
      'stderr.txt': `${everything.slice(-40).join('\n')}\n`,
      // Printed in two pieces, cut in the middle of a secret.
      'pieces.sh': plain
        .slice(0, 6)
        .map(({ value }) => `printf %s '${value.slice(0, 12)}'; sleep 0.02; echo '${value.slice(12)}'`)
        .join('\n'),
      'tasks/wrong.md': `## Task 1: ${plainWords()}\n**Priority:** ${plainWords()}\n**${plain[0]?.value}:** x\n**Depends On:** ${plainWords()}\n`,
    },
  }
}

interface Ports {
  random: Random
  secrets: readonly Secret[]
  plain: readonly Secret[]
  words: () => string
  plainWords: () => string
  apart: SplitPlants
}

function taskFile({ random, secrets, plain, words, plainWords, apart }: Ports): string {
  // A name holds no slash, and a token that has lost its colon is none.
  const named = plain.filter(({ value }) => /^[\w.-]+$/.test(value))
  const name = () => random.pick(named).value.slice(0, 200)
  const label = () => random.pick(plain).value
  const steps = [
    `rehearse: say ${words()}`,
    'rehearse: bash cat plants.txt',
    // Where the line that people see of a command is cut, there is a secret.
    `rehearse: bash echo ${'x'.repeat(random.int(30, 70))}${label()} ${label()}`,
    `rehearse: bash echo ${quoted(words())} >&2; exit 1`,
    'rehearse: bash env > env.txt; env',
    `rehearse: tool WebFetch ${JSON.stringify({ url: `https://example.org/?q=${random.pick(plain).value}`, prompt: words() })}`,
    `rehearse: tool Mystery ${JSON.stringify({ deep: [{ [label()]: words() }] })}`,
    `rehearse: ask ${JSON.stringify(`Which one is it? ${words()}`)} ${label()}|${label()} two`,
    `rehearse: ask ${JSON.stringify(`And what else? ${words()}`)} ${label()}|No (multi)`,
    'rehearse: say so far',
    `rehearse: edit ${name()}.txt ${JSON.stringify(words())}`,
    `rehearse: edit plants-${random.int(1, 99)}.txt ${JSON.stringify(secrets.map(({ value }) => value).join('\n'))}`,
    'rehearse: bash cat apart.txt',
    `rehearse: say ${apart.line()}`,
    `rehearse: fail-once ${words()}`,
    `rehearse: say ${words()}`,
    `rehearse: conclude ${JSON.stringify(apart.markdown())}`,
  ]
  return `# Tasks ${plainWords()}

What to know: ${words()}

## Task 1: Title ${plainWords()}
**Type:** ${label()}
**Requires Approval:** yes
**Description:** ${plainWords()}
**Acceptance Criteria:**
- ${plainWords()}

**Verify:**
- sh pieces.sh; cat plants.txt apart.txt; exit 1

**Claude Instruction:**
${words()}
${steps.join('\n')}

## Task 2: Runs ${plainWords()}
**Run:**
- cat plants.txt apart.txt
- cat apart.txt stderr.txt >&2; echo ${quoted(words())}; exit 3

## Task 3: Crash ${plainWords()}
**Claude Instruction:**
rehearse: say ${words()}
rehearse: exit 3

## Task 4: Works ${plainWords()}
**Requires Approval:** yes
**Claude Instruction:**
rehearse: edit works.txt ${JSON.stringify(words())}
rehearse: say I wrote ${name()}.ts and all tests pass: ${words()}

## Task 5: Apart
**Claude Instruction:**
rehearse: ask ${JSON.stringify(`Which one is it? ${apart.line()}`)} One|Two
rehearse: tool WebFetch ${JSON.stringify({ url: 'https://example.org', prompt: apart.line() })}
rehearse: edit apart-done.txt done
rehearse: conclude ${JSON.stringify(apart.markdown())}
`
}

/** Longer than what is searched at once, with secrets over every place where it could be cut. */
function longLine(secrets: readonly Secret[]): string {
  const block = secrets.map(({ value }) => ` ${value}`).join('')
  const around = block.repeat(Math.ceil(2_000 / block.length))
  return `${'x'.repeat(PIECE - 1_500)}${around}${'y'.repeat(PIECE - around.length)}${around}`
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
