import { createInPlace } from '../../src/workspace/in-place/in-place.ts'
import { workspaceContract } from '../contracts/workspace.ts'
import { worldParts } from './world.ts'

workspaceContract('in place', async () => {
  const { ports, world } = worldParts()
  return { ...world, open: () => createInPlace(ports) }
})
