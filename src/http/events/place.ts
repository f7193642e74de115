/** Where somebody is in the events of each other machine. */
export type PlacesElsewhere = ReadonlyMap<string, number>

/** Where a follower is: in the events of this machine, and in those of the others as far as there are any. */
export interface StreamPlace {
  seq: number
  /** Absent: from now on. */
  elsewhere?: PlacesElsewhere
}

/** What a place looks like as the id of an event: `57`, or `57;studio=1764288000123`. */
export const PLACE = /^\d{1,15}(?:;[a-z0-9_-]{1,40}=\d{1,15})*$/

/** A place as the id of an event. */
export const placeText = (seq: number, elsewhere: PlacesElsewhere = new Map()): string =>
  [seq, ...[...elsewhere].map(([machine, place]) => `${machine}=${place}`)].join(';')

/** Reads what matches `PLACE`. */
export function readPlace(text: string): StreamPlace {
  const [seq, ...others] = text.split(';')
  const elsewhere = new Map(
    others.map((one): [string, number] => {
      const [machine = '', place] = one.split('=')
      return [machine, Number(place)]
    }),
  )
  return { seq: Number(seq), ...(elsewhere.size > 0 && { elsewhere }) }
}
