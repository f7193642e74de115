import { type CheckpointRequest, checkpoint } from '../../../src/git/checkpoint/checkpoint.ts'
import type { Playground } from './playground.ts'

/** A checkpoint that must succeed. */
export async function take({ root }: Pick<Playground, 'root'>, ref: string, more: Partial<CheckpointRequest> = {}) {
  const taken = await checkpoint({ cwd: root, ref: `refs/baton/${ref}`, message: ref, ...more })
  if (taken.kind === 'none') throw new Error(taken.reason)
  return taken
}

/** Checkpoints around a piece of work. */
export async function around(play: Playground, work: () => void, more: Partial<CheckpointRequest> = {}) {
  const before = await take(play, 'task/before', more)
  work()
  const after = await take(play, 'task/after', { ...more, since: before.commit })
  return { before, after }
}
