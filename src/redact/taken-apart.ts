/**
 * What may stand in the middle of a token in Markdown so that whoever reads it drawn does not see it: signs, the ends of links,
 * entities.
 */
const ENTITY = '&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z0-9]{2,24});'
const LINK_END = '\\](?:\\([^()\\s]{0,120}\\)|\\[[^\\]\\n]{0,60}\\])'
const MARK = '[*`~[]|!\\[|\\\\(?=[!-/:-@[-`{-~])'

const GAP = `(?:${ENTITY}|${LINK_END}|${MARK})`
const MORE = `(?:[A-Za-z0-9._+/=-]{1,256}|${ENTITY})`

const [MOST_GAPS, MOST_PIECES, LONGEST_GAP] = [3, 8, 124]

/**
 * The rest of a token whose beginning was recognised, behind such gaps. Without it the beginning alone would be hidden, and what is
 * left would not be known for a token any more once it is put together.
 */
export const CONTINUED = `(?:${GAP}{1,${MOST_GAPS}}${MORE}){0,${MOST_PIECES}}`

/** As long as the longest match of that. */
export const LONGEST_CONTINUED = MOST_PIECES * (MOST_GAPS * LONGEST_GAP + 256)
