import { workspaceContract } from '../contracts/workspace.ts'
import { worktreeWorld } from './world.ts'

workspaceContract('worktree', async () => worktreeWorld())
