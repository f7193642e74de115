import type { GitHub } from '../../github/client.ts'
import { isTrouble } from '../../github/errors.ts'

const SAID = /^[ \t>*-]*(?:\*\*)?(?:blocked by|depends on)(?:\*\*)?:?[ \t]*((?:#\d+[ \t]*(?:,|and|&)?[ \t]*)+)/gim

/** Issues that a text says it is blocked by: `Blocked by #3, #4` at the start of a line. */
function blockersIn(text: string): number[] {
  const found = [...text.matchAll(SAID)].flatMap(([, list = '']) =>
    [...list.matchAll(/#(\d+)/g)].map(([, n]) => Number(n)),
  )
  return [...new Set(found)]
}

/** Issues that are still open and must be closed before this one, by what it says and by what GitHub was told. */
export async function openBlockers(github: GitHub, number: number, text: string): Promise<number[]> {
  const told = await github
    .all('GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by', { issue_number: number })
    .then((issues) => issues.map((issue) => issue.number))
    .catch((error) => {
      // Older servers know no dependencies, and some tokens may not read them.
      if (isTrouble(error, 'missing', 'forbidden')) return []
      throw error
    })
  const open: number[] = []
  for (const blocker of new Set([...blockersIn(text), ...told]))
    if (blocker !== number && (await isOpen(github, blocker))) open.push(blocker)
  return open.sort((a, b) => a - b)
}

/** Whether an issue is still open, at no cost while nothing changes; what is not there blocks nobody. */
export async function isOpen(github: GitHub, number: number): Promise<boolean> {
  try {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}'
    const came = await github.look(route, { issue_number: number }, 'is it open?')
    // It is kept only while it is.
    if (came?.data.state === 'open') came.keep()
    return came === undefined || came.data.state === 'open'
  } catch (error) {
    if (isTrouble(error, 'missing', 'moved')) return false
    throw error
  }
}
