import type { Deciders } from './role.ts'

/** What a deployment is about to do, as it is shown before it begins; an approval is bound to all of it. */
export interface Release {
  environment: string
  sha: string
  /** Digest of everything that an approval is bound to. */
  facts: string
  /** The environment's count of deployments when these were the facts. */
  epoch: number
  title: string
  text: string
  /** A person approves it first; `deciders`: one who may. */
  isAsked: boolean
  deciders?: Deciders
  onRed: 'rollback' | 'ask' | 'never'
  /** A freeze of the configuration: nothing begins before then. */
  frozenUntil?: number
}

/** Files that a step built; `digest` is of all of them, with their names. */
export interface BuiltArtifact {
  path: string
  digest: string
  files: number
  bytes: number
}
