/** What a plan is made from. */
export interface PlanRequest {
  /** The calendar day, `YYYY-MM-DD`. */
  today: string
  /** What should be done, in the user's words. */
  words: string
  /** A note with goals, context and the like, as it is in its file. */
  note?: { file: string; text: string }
  /** An earlier version, the changes already made to it, and the changes to make now. */
  before?: { text: string; changes: readonly string[]; pending: readonly string[] }
}

const FORMAT = `# Tasks - YYYY-MM-DD

What every task needs to know: goals, constraints, where things are. Short.

## Task 1: A short title
**Type:** backend
**Priority:** high
**Requires Approval:** true
**Description:** One sentence.
**Acceptance Criteria:**
- Something that can be seen or run

**Verify:**
- npm test

**Claude Instruction:**
Everything that somebody who knows nothing of the other tasks needs to do this one.

## Task 2: Another short title
**Depends On:** Task 1
**Claude Instruction:**
…`

const RULES = `- Every task has a title and a "Claude Instruction"; the other fields only where they say something. No further fields.
- Each task is worked on by a fresh session that sees this file's first part and its own task, nothing else. So the instruction names files, functions and commands.
- Order the tasks as they should be done. "Depends On" only where a task truly cannot be done before another.
- Tasks of a size that one session finishes: split what is large, join what is trivial.
- "Verify" holds commands that exist in this project and end by themselves; look them up. None at all is better than an invented one.
- "Requires Approval: true" where something cannot be taken back or reaches outside: data, deployments, money, messages to others.
- Priority is high, medium or low.
- Plan what was asked for, nothing beside it. What is unclear stands in the instruction as a question to be asked before anything is changed.
- Write in the language of the request; the names of the fields stay English.`

/** The prompt that has Claude write a task file. It only reads the project. */
export function planPrompt({ today, words, note, before }: PlanRequest): string {
  return [
    'You plan work on the project in the current folder; you do not do it. Look into the project as far as it helps (you can only read), then write a task file.',
    `Today is ${weekdayOf(today)}, ${today}. The date in the heading is the day that the tasks are for: today, when nothing else is said.`,
    `# The format\n\n${FORMAT}`,
    `# Rules\n\n${RULES}`,
    ...(note ? [`# The note ${note.file}\n\n${quoted(note.text)}`] : []),
    ...(words === '' ? [] : [`# What is asked for\n\n${quoted(words)}`]),
    ...(before
      ? [
          `# The file as you wrote it before\n\n${quoted(before.text)}`,
          ...(before.changes.length > 0
            ? [
                `# What was asked to be different before, and is so in the file\n\n${before.changes.map(quoted).join('\n\n')}`,
              ]
            : []),
          `# What should be different now; all else stays\n\n${before.pending.map(quoted).join('\n\n')}`,
        ]
      : []),
    ANSWER,
  ].join('\n\n')
}

/** The prompt that has Claude mend a file that cannot be read as one. */
export function repairPrompt(text: string, problems: readonly string[]): string {
  return [
    'You wrote a task file that cannot be read. Fix what is wrong and change nothing else.',
    `# The format\n\n${FORMAT}`,
    `# The file\n\n${quoted(text)}`,
    `# What is wrong (line:column)\n\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    ANSWER,
  ].join('\n\n')
}

const ANSWER =
  'Answer with the whole task file and nothing else: no words before or after it, no code fence around it. It begins with "# Tasks - ".'

/** Between marks that do not occur in it, so that what was written by people is not mistaken for a part of the prompt. */
function quoted(text: string): string {
  let mark = '~~~~'
  while (text.includes(mark)) mark += '~'
  return `${mark}\n${text.trimEnd()}\n${mark}`
}

/** `Sunday`. */
function weekdayOf(day: string): string {
  return new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`))
}
