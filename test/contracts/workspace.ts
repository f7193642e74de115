import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Attempt, Outcome, OutcomeKind, Task } from '../../src/core/types.ts'
import { type Workspace, WorkspaceError } from '../../src/workspace/workspace.ts'
import { type Playground, playIn, usersOwn } from '../git/support/playground.ts'
import { sampleTask } from '../support/samples.ts'

/** A workspace over a real repository with one commit, and what the rest of Baton keeps for it. */
export interface WorkspaceWorld {
  /** As a process of Baton that has just started has it. */
  open: () => Workspace
  /** The user's own checkout. */
  user: Playground
  /** All attempts so far, which the workspace reads. */
  attempts: Attempt[]
  /** All tasks so far, which the workspace reads. */
  tasks: Task[]
  /** Notes that were made in task files, oldest first. */
  noted: string[]
  /** The disk refuses that many of the next notes. */
  refuseNotes: (times: number) => void
}

const signal = new AbortController().signal
export const outcome = (kind: OutcomeKind): Outcome => ({ kind, text: kind, result: 'Done.' })

/** Adds a task to the world, as the queue takes it up. */
export function addTask(world: WorkspaceWorld, number: number, spec: Partial<Task['spec']> = {}): Task {
  const task = sampleTask({
    id: `task${number}`,
    number,
    phase: 'working',
    spec: { title: `Task ${number}`, verify: [], ...spec },
  })
  world.tasks.push(task)
  return task
}

/** One attempt at a task, as the daemon makes it: `change` is what the agent does in the folder. */
export async function attempt(
  world: WorkspaceWorld,
  workspace: Workspace,
  task: Task,
  change: (place: Playground) => void | Promise<void>,
  ended = outcome('done'),
) {
  const { folder } = await workspace.open(task, 1)
  const known = world.attempts.filter(({ taskId }) => taskId === task.id)
  const stored: Attempt = {
    ...{ id: `${task.id}-${known.length + 1}`, taskId: task.id, runId: task.runId, number: known.length + 1 },
    ...{ sessionId: 's', cwd: folder, processes: 1, live: true, heard: true, startedAt: Date.now() },
    ...{ costUsd: 0, turns: 0, logFile: '', rawFile: '' },
  }
  Object.assign(stored, await workspace.before(task, { attempt: stored }))
  task.attempts = stored.number
  task.attemptId = stored.id
  world.attempts.push(stored)
  await change(playIn(folder))
  const { proof, checkpointAfter } = await workspace.after(task, { attempt: stored }, ended, undefined)
  Object.assign(stored, { live: false, outcome: ended.kind, ...(checkpointAfter !== undefined && { checkpointAfter }) })
  task.proof = { ...task.proof, ...proof } as NonNullable<Task['proof']>
  return { folder, proof }
}

/** Lands a task and notes that it is done. */
export async function complete(workspace: Workspace, task: Task) {
  const landing = await workspace.land(task, signal)
  if (landing.kind === 'landed') {
    task.markedAt = Date.now()
    await workspace.finish(task, async () => false)
    task.phase = 'done'
  }
  return landing
}

/** Every workspace must pass this: the queue relies on it. */
export function workspaceContract(name: string, build: () => Promise<WorkspaceWorld>): void {
  describe(`the workspace ${name}`, () => {
    it('gives a task a folder that is there, and the same one after a restart', async () => {
      const world = await build()
      const task = addTask(world, 1)
      const first = world.open()
      expect(await first.recover()).toEqual([])
      const { folder } = await first.open(task, 1)
      writeFileSync(join(folder, 'half.txt'), 'half')
      const again = world.open()
      expect(await again.recover()).toEqual([])
      expect((await again.open(task, 1)).folder).toBe(folder)
      expect(readFileSync(join(folder, 'half.txt'), 'utf8')).toBe('half')
    })

    it('says in words what a folder that is missing has to do with the task', async () => {
      const world = await build()
      const task = addTask(world, 1, {
        directory: 'nowhere',
        origin: { source: 'files', ref: 'Task 1', file: 'tasks/today.md', line: 14 },
      })
      const opening = world.open().open(task, 1)
      await expect(opening).rejects.toThrow(WorkspaceError)
      await expect(opening).rejects.toThrow(/nowhere.*tasks\/today\.md:14/)
    })

    it('finds what the task changed, and nothing where its process only rests', async () => {
      const world = await build()
      const workspace = world.open()
      const task = addTask(world, 1)
      const rested = await attempt(world, workspace, task, (at) => at.write('one.txt', '1\n'), outcome('parked'))
      expect(rested.proof).toEqual({})
      const { proof } = await attempt(world, workspace, task, (at) => at.write('two.txt', '2\n'))
      expect(proof.files?.map(({ path }) => path).sort()).toEqual(['one.txt', 'two.txt'])
      expect(proof.gitWrites).toBeUndefined()
    })

    it('finds a commit that the task made', async () => {
      const world = await build()
      const task = addTask(world, 1)
      const { proof } = await attempt(world, world.open(), task, (at) => {
        at.write('one.txt', '1\n')
        at.git('add', '-A')
        at.git('commit', '-q', '-m', 'mine')
      })
      expect(proof.gitWrites?.join()).toMatch(/commit/)
    })

    it('starts a task from what the tasks before it landed', async () => {
      const world = await build()
      const workspace = world.open()
      const one = addTask(world, 1)
      await attempt(world, workspace, one, (at) => at.write('one.txt', '1\n'))
      expect(await complete(workspace, one)).toMatchObject({ kind: 'landed' })
      const { folder } = await workspace.open(addTask(world, 2), 1)
      expect(readFileSync(join(folder, 'one.txt'), 'utf8')).toBe('1\n')
    })

    it('lands a task once, also when it is asked again after a kill', async () => {
      const world = await build()
      const one = addTask(world, 1)
      const workspace = world.open()
      await attempt(world, workspace, one, (at) => at.write('one.txt', '1\n'))
      const landed = await workspace.land(one, signal)
      const again = world.open()
      await again.recover()
      expect(await again.land(one, signal)).toMatchObject({ ...landed, kind: 'landed' })
    })

    it('undoes a task after showing what that does, and brings it back', async () => {
      const world = await build()
      const workspace = world.open()
      const one = addTask(world, 1)
      await attempt(world, workspace, one, (at) => at.write('one.txt', '1\n'))
      await complete(workspace, one)
      const shown = await workspace.previewUndo(one)
      expect(shown).toMatchObject({ again: false, preview: { remove: ['one.txt'], conflicts: [] } })
      const there = async (number: number) =>
        existsSync(join((await workspace.open(addTask(world, number), 1)).folder, 'one.txt'))
      expect(await there(2)).toBe(true)
      expect(await workspace.undo(one)).toMatchObject({ ok: true, again: false })
      one.phase = 'undone'
      expect(await there(3)).toBe(false)
      expect(await workspace.previewUndo(one)).toMatchObject({ again: true })
      expect(await workspace.undo(one)).toMatchObject({ ok: true, again: true })
      expect(await there(4)).toBe(true)
    })

    it('says so where there is nothing to undo', async () => {
      const world = await build()
      const workspace = world.open()
      const task = addTask(world, 1)
      expect(await workspace.previewUndo(task)).toMatch(/has not been worked on/)
      expect(await workspace.undo(task)).toMatchObject({ ok: false })
    })

    it('notes what is done, waits for a full disk, and takes the note away with an undo', async () => {
      const world = await build()
      const workspace = world.open()
      const task = addTask(world, 1)
      await attempt(world, workspace, task, (at) => at.write('one.txt', '1\n'))
      await workspace.land(task, signal)
      task.markedAt = 1
      world.refuseNotes(2)
      let waits = 0
      expect(await workspace.finish(task, async () => ++waits < 2)).toBe('given up')
      world.refuseNotes(1)
      expect(await workspace.finish(task, async () => true)).not.toBe('given up')
      expect(waits).toBe(2)
      expect(world.noted).toEqual(['done 1'])
      task.phase = 'done'
      await workspace.undo(task)
      expect(world.noted).toEqual(['done 1', 'open 1'])
    })

    it('keeps what a task left that came to no good end', async () => {
      const world = await build()
      const workspace = world.open()
      const task = addTask(world, 1)
      const { folder } = await workspace.open(task, 1)
      const { branch } = await workspace.open(task, 1)
      await attempt(world, workspace, task, (at) => at.write('half.txt', 'half\n'), outcome('failed'))
      await workspace.discard(task)
      const kept =
        branch === undefined
          ? readFileSync(join(folder, 'half.txt'), 'utf8')
          : world.user.git('show', `${branch}:half.txt`)
      expect(kept).toBe('half\n')
    })

    it("leaves the user's branch, index, stash, hooks and configuration as they are", async () => {
      const world = await build()
      const before = usersOwn(world.user)
      const workspace = world.open()
      await workspace.recover()
      for (const number of [1, 2]) {
        const task = addTask(world, number)
        await attempt(world, workspace, task, (at) => at.write(`${number}.txt`, `${number}\n`))
        await complete(workspace, task)
      }
      const stopped = addTask(world, 3)
      await attempt(world, workspace, stopped, (at) => at.write('3.txt', '3\n'), outcome('failed'))
      await workspace.discard(stopped)
      const users = ({ refs, reflogs, ...rest }: Record<string, string>) => ({
        ...rest,
        refs: refs?.split('\n').filter((line) => !line.startsWith('refs/heads/baton/')),
      })
      expect(users(usersOwn(world.user))).toEqual(users(before))
    })
  })
}
