/**
 * The words of Baton as types. Everything here is plain data that survives JSON, so that what is in memory, in the
 * database and on the wire is one and the same. Times are epoch milliseconds, money is USD, durations carry `Ms`.
 *
 * Code and screens use these words and no others:
 *
 * - task file: Markdown or JSON in which a user writes tasks. Source: where tasks are written and where their end is noted.
 * - task: one thing to be done. Mark: the word in its file that says it is done.
 * - run: one pass over the tasks of one or more files. Queue: the runs of a project, one after the other.
 * - lane: a place where one task of a queue is worked on.
 * - attempt: one go at a task, with one session of Claude. Outcome: how it ended.
 * - ask: anything a person must decide: approval, permission, question, review, failure. Choice: one of its buttons.
 * - answer: what a person decided. Grant: what they allowed until the task ends.
 * - take over: a person works in the session themselves. Hand back, release: Baton continues with it.
 * - park: end the process while an ask is open; its session is resumed with the answer.
 * - hold: a queue waits for a time, as for a usage limit. Pause: a person said so. Snooze: an ask is put off.
 * - command: what a person or a program wants done, with a key. Input: anything decided upon, commands among them.
 * - pipeline: a task file whose run a push starts. Push: a commit that came to a branch. Environment: where it is deployed to.
 * - deployment: one commit on its way into an environment. Release: what a deployment is about to do, as it is approved.
 * - role: people and groups who may decide certain things. Decider: who may decide an ask. Requester: who wants it.
 * - machine: a daemon that shares runs with others. Offer: a run that any of them may take. Lease: the right to work on it.
 *   Fence: a number that counts up with every lease of a run.
 * - project: a folder with its queue, configured by name. Plan: task files that Claude wrote, to be started or dropped.
 * - delivery: one call that must reach a chat or a receiver, stored until it has. Slot: a message by what it is about, for edits.
 *   Card: a message with buttons that is no ask.
 * - event: what happened, for everybody who follows. Finding: what a receipt points out.
 * - actor: who did something, and on which surface. Surface: where people see and decide. Transport: a chat's platform.
 * - workspace: the folder a task is worked on in, the project's own or a worktree. Merge line: what lands finished
 *   worktrees, one after the other. Landing: what became of one.
 * - checkpoint: a commit beside the branches that holds a working tree. Undo: back to the one before a task.
 * - check: a command that proves a task. Proof: what the checks, the diff and the judge say. Receipt: all of it, per task.
 */

export type * from './types/actor.ts'
export type * from './types/ask.ts'
export type * from './types/attempt.ts'
export type * from './types/event.ts'
export type * from './types/landing.ts'
export type * from './types/policy.ts'
export type * from './types/proof.ts'
export type * from './types/queue.ts'
export type * from './types/release.ts'
export type * from './types/role.ts'
export type * from './types/run.ts'
export type * from './types/task.ts'
export type * from './types/task-spec.ts'
