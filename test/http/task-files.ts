/** Two tasks of which the second wants to be approved. */
export const TODAY = `# Today

## Task 1: Add a login endpoint
**Type:** backend
**Priority:** high
**Description:** People log in with a password
**Acceptance Criteria:**
- It answers 200

**Claude Instruction:**
Add POST /login.

## Task 2: Drop the old table
**Type:** database
**Requires Approval:** true
**Claude Instruction:**
Drop the table users_old.
`
