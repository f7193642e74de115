import { z } from 'zod'
import { CHOICES } from '../../core/asks/choices.ts'
import { freeText, namedCommands, timestamp } from './common.ts'

const choice = z.enum(CHOICES)

const question = z.object({
  question: z.string(),
  header: z.string().optional(),
  options: z.array(z.object({ label: z.string(), description: z.string().optional() })),
  multiSelect: z.boolean(),
})

/** Something that a person must decide. */
export const ask = z.object({
  id: z.string(),
  /** The machine whose run it is about; absent: the one that answers. */
  machine: z.string().optional(),
  kind: z.enum(['approval', 'permission', 'question', 'review', 'failure']),
  task: z.int(),
  title: z.string(),
  /** Everything needed to decide, whole; of a permission the command (or the diff) byte for byte, and nothing else. */
  text: z.string(),
  /** For permission: what Claude says of its call, and what Claude Code says of it. */
  description: z.string().optional(),
  remark: z.string().optional(),
  /** What can be picked; the label, sent as the answer, is the same as a tap. */
  options: z.array(z.object({ choice, label: z.string() })),
  openedAt: z.iso.datetime(),
  session_id: z.string(),
  task_title: z.string(),
  project: z.string(),
  /** Who may decide it and who has approved so far, in words; absent: everybody may. */
  deciders: z.string().optional(),
  /** Of what is shown; sent back, it binds the answer to it. */
  hash: z.string(),
  state: z.enum(['open', 'answered', 'withdrawn']),
  closedAt: timestamp,
  /** Until when nobody is reminded of it, and who said so; null when nobody did. */
  snoozed: z.object({ until: z.iso.datetime(), by: z.string() }).nullable(),
  /** When somebody was last reminded of it; absent: nobody was. */
  remindedAt: z.iso.datetime().optional(),
  /** What was decided and by whom. */
  decision: z.string().nullable(),
  /** The same words with what cannot be seen made visible (⟦U+202E⟧), and words that mix scripts. */
  shown: z.object({
    title: z.string(),
    text: z.string(),
    description: z.string().optional(),
    remark: z.string().optional(),
    task_title: z.string(),
    rule: z.string().optional(),
    /** What “Allow for this task” allows, in words around the kind of call. */
    grant: z.object({ before: z.string(), kind: z.string().optional(), after: z.string() }).optional(),
    /**
     * Where a part of the text is Claude's Markdown or, with `lines`, lines of files: that part as a tree, strings and nodes with a
     * `kind`, and the rest as it is.
     */
    words: z
      .object({
        before: z.string(),
        document: z.array(z.unknown()),
        after: z.string(),
        lines: z.literal(true).optional(),
      })
      .optional(),
    mixed: z.array(z.string()),
    questions: z.array(
      z.object({
        question: z.string(),
        options: z.array(z.object({ label: z.string(), description: z.string().optional() })),
      }),
    ),
  }),
  about: z
    .enum([
      'run-budget',
      'day-budget',
      'task-budget',
      'credentials',
      'guard',
      'landing',
      'merge-line',
      'workspace',
      'deploy',
      'undo',
      'machine',
    ])
    .optional(),
  questions: z.array(question).optional(),
  /** For permission: name of the tool, and what "Allow for this task" would grant. */
  tool: z.string().optional(),
  rule: z.string().optional(),
})

/** What distinguishes one ask from another, and what may change; the whole of it is fetched once, for it may be long. */
export const askBrief = ask.pick({
  id: true,
  machine: true,
  hash: true,
  kind: true,
  task: true,
  title: true,
  openedAt: true,
  snoozed: true,
})

export const askList = z.object({ asks: z.array(ask) })

/** An answer: words, the label or name of a choice, or a choice with what belongs to it. */
export const answerBody = z.object({
  answer: z.union(
    [
      z.string().min(1).max(100_000),
      z.object({
        choice: choice.optional(),
        text: freeText.optional(),
        answers: z.record(z.string().max(10_000), freeText).optional(),
      }),
    ],
    { error: 'must be words, the label of an option, or {choice, text, answers}' },
  ),
  /** Of the ask as it was shown; when it has changed since, nothing is decided. */
  hash: z.string().max(200).optional(),
})

export const answered = z.object({ status: z.literal('ok'), message: z.string(), commands: namedCommands, ask })
