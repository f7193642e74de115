import type { Node } from '../text/document/nodes.ts'

/** A button under a message; `data` comes back when it is tapped (at most 64 bytes). */
export interface Button {
  text: string
  data: string
  /** Colour on clients that know it. */
  style?: 'success' | 'danger' | 'primary'
  /** One of several of a kind: where there are many, a platform may put them into a list. */
  isOption?: true
  /** Only there when the document of the message arrived: what it approves is shown whole nowhere else. */
  needsDocument?: true
}

export interface Attachment {
  name: string
  /** One line of what it is, shown with it; `undefined` in what an earlier version stored. */
  caption: string | undefined
  content: string
}

/** A message without what goes before it. */
export type ShownMessage = Omit<Message, 'document' | 'project'>

/** A message as it should be shown: the result of rendering, and what the queue of deliveries holds. */
export interface Message {
  /** The project that it is about, where there are several: its name stands first. */
  project?: string
  /** As a tree that knows no platform. */
  body: Node[]
  buttons?: Button[][]
  /** Makes no sound. */
  silent: boolean
  /** For whom it makes one, by their ids, or a group as `roles` name it: a platform where only those hear it who are named names them. */
  hearers?: string[]
  /** Sent before the message, silently. */
  document?: Attachment
  /** Opens the reply field at once, with this placeholder; instead of buttons. */
  asksForReply?: string
}
