/** A life of Baton, as the row wants it. */
export interface DeployLife {
  home: string
  live: string
  /** Says the newest commit of the remote: the life does not end before it was seen. */
  headFile: string
  /** Whether somebody of the role approves what is asked. */
  approves: boolean
  /** Whether somebody asks for the newest commit to be deployed. */
  asks: boolean
}
