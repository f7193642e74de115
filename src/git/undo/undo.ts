import { type ByteString, fromPathText, pathText } from '../bytes.ts'
import { type Checkpoint, type CheckpointRequest, recordNow, takeCheckpoint } from '../checkpoint/checkpoint.ts'
import { type CheckpointMeta, readCheckpoint } from '../checkpoint/meta.ts'
import { openAt } from '../diff/changes.ts'
import { type TreeChange, treeDiff } from '../diff/tree-diff.ts'
import { contentsOf, lookInto } from '../disk.ts'
import type { PrivateGit } from '../private-git.ts'
import { stage } from '../stage.ts'
import { withFolder } from '../with-folder.ts'
import { ignoredBefore } from './ignored-before.ts'
import { putBack } from './put-back.ts'
import { differing, planPermissions } from './undo-permissions.ts'
import { type Obstacle, OVERWRITABLE, planUndo, type UndoPlan } from './undo-plan.ts'

export interface UndoRequest extends Pick<CheckpointRequest, 'cwd' | 'exclude' | 'maxFileBytes'> {
  /** Checkpoint (commit) taken after the task. */
  from: string
  /** Checkpoint (commit) taken before it: what is given back. */
  to: string
  /** Below `refs/baton/`: two checkpoints are taken there, `<ref>/before` and `<ref>/after` the undo. */
  ref: string
  /** Conflicting paths, as the preview named them, that a person accepted to lose. */
  overwrite?: readonly string[]
  /** The preview's `seen`. A path that changed after it is not overwritten, accepted or not. */
  seen?: string
}

export interface UndoPreview {
  /** Files that get their content or their permissions back. */
  restore: string[]
  /** Files that the task made and that go. */
  remove: string[]
  /** Left alone. `overwritable`: a person may accept to lose what is there. */
  conflicts: { path: string; why: Obstacle; overwritable: boolean }[]
  /** Files that are as before the task already. */
  already: string[]
  /** The working tree that was looked at. */
  seen: string
}

export interface UndoResult extends UndoPreview {
  /** Files that the system did not let us change. */
  failed: { path: string; why: string }[]
  /** The state before the undo; `undo({from: after.commit, to: before.commit})` takes the undo back. */
  before: Checkpoint & { kind: 'taken' }
  after: Checkpoint & { kind: 'taken' }
}

/** What `undo` would do now with this request. Nothing changes, and no checkpoint is taken: it needs no `ref`. */
export async function previewUndo(
  request: Omit<UndoRequest, 'ref' | 'overwrite' | 'seen'> & { ref?: string },
): Promise<UndoPreview> {
  const own = await openAt(request.cwd)
  const task = await treeDiff(own, request.to, request.from)
  const now = await recordNow(own, { ...request, since: request.from })
  return described(await planFor(own, request, task, now), now)
}

/**
 * Gives back the state before a task: bytes, permissions, links and deletions. Files that somebody changed since the task
 * are conflicts and stay, unless they are accepted by name. Branch and index stay as they are. Throws when there is no
 * repository or a checkpoint is gone.
 */
export async function undo(request: UndoRequest): Promise<UndoResult> {
  const own = await openAt(request.cwd)
  const { permissions } = await readCheckpoint(own, request.to)
  const task = await treeDiff(own, request.to, request.from)
  return withFolder(own, 'stage', async (staged) => {
    // Everything to be written is prepared before the working tree is looked at, so that the two are only a moment apart.
    await stage(
      own,
      task.flatMap(({ path, before }) => (before ? [[path, before]] : [])),
      staged,
    )
    const take = (when: string, since: string) =>
      takeCheckpoint(own, { ...request, ref: `${request.ref}/${when}`, message: `${when} an undo`, since })
    const before = await take('before', request.from)
    const now = await readCheckpoint(own, before.commit)
    const plan = await planFor(own, request, task, now)
    const failures = await putBack(own, plan, staged, permissions)
    const after = await take('after', before.commit)
    const failed = failures.map(({ path, why }) => ({ path: pathText(path), why }))
    return { ...described(plan, now), failed, before, after }
  })
}

/** The working tree as a checkpoint or a recording has it. */
type Now = CheckpointMeta & { tree: string }

type PlanRequest = Pick<UndoRequest, 'from' | 'to' | 'overwrite' | 'seen'>

async function planFor(own: PrivateGit, request: PlanRequest, task: TreeChange[], now: Now): Promise<UndoPlan> {
  const { root } = own.repository
  const [before, after, since, ignored, moved] = await Promise.all([
    readCheckpoint(own, request.to),
    readCheckpoint(own, request.from),
    treeDiff(own, request.from, now.tree),
    ignoredBefore(own, request.to, task),
    request.seen ? treeDiff(own, request.seen, now.tree) : [],
  ])
  const accepted = new Set<ByteString>((request.overwrite ?? []).map(fromPathText))
  for (const { path } of moved) accepted.delete(path)
  const changed = new Set([...task, ...since].map(({ path }) => path))
  const permissions = planPermissions(before.permissions, after.permissions, now.permissions, changed)
  return planUndo({
    task,
    permissions: own.fileMode ? permissions : { chmod: [], conflicts: [] },
    permissionsSince: own.fileMode ? differing(after.permissions, now.permissions) : new Set(),
    since,
    unrecordedBefore: new Set(before.unrecorded.keys()),
    unrecordedNow: new Set(now.unrecorded.keys()),
    ignoredBefore: ignored,
    accepted,
    look: lookInto(root),
    contentsOf: (folder) => contentsOf(root, folder),
  })
}

function described(plan: UndoPlan, { tree }: Now): UndoPreview {
  return {
    restore: [...plan.restore, ...plan.chmod].map(({ path }) => pathText(path)),
    remove: plan.remove.map(pathText),
    conflicts: plan.conflicts.map(({ path, why }) => ({
      path: pathText(path),
      why,
      overwritable: OVERWRITABLE.has(why),
    })),
    already: plan.already.map(pathText),
    seen: tree,
  }
}
