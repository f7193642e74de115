/** An evening as people have it: ten tasks, two approvals, a question, two permissions, one failure, one limit. */
export const EVENING = `# Evening

The shop's login, and what hangs on it.

## Task 1: Write the migration for sessions
**Type:** database
**Requires Approval:** true
**Description:** A table for sessions, and its index
**Acceptance Criteria:**
- The migration runs twice without harm

**Verify:**
- test -f migrations/0007-sessions.sql

**Claude Instruction:**
Write migrations/0007-sessions.sql: a table with token, person and expiry, and an index on the expiry.

rehearse: wait 700ms
rehearse: edit migrations/0007-sessions.sql "create table if not exists sessions (token text primary key);\\n"
rehearse: conclude "The table \`sessions\` and its index are there. **The migration runs twice without harm**: it creates only what is missing."

## Task 2: Add a login endpoint
**Type:** backend
**Claude Instruction:**
POST /login. Ask me how long a session lasts.

rehearse: ask "How long should a session last?" One day|One week|Until the browser closes
rehearse: edit src/login.js "export const login = () => 200\\n"
rehearse: conclude "## Done\\n\\n- \`POST /login\` answers **200** with a cookie\\n- A wrong password answers 401\\n\\nSee [the docs](https://docs.example/login)."

## Task 3: Clean up the build folder
**Run:**
- rm -rf build
- echo clean

## Task 4: Apply the migration
**Claude Instruction:**
Apply it.

rehearse: bash node migrate.js --to 0007-sessions
rehearse: conclude "Applied; the table is empty."

## Task 5: Move the settings into the database
**Verify:**
- node check.js

**Claude Instruction:**
Move them.

rehearse: wait 500ms
rehearse: edit settings.json "{}\\n"
rehearse: conclude "I moved the settings. Two of them are read in three places, so I left these as they were."

## Task 6: Load-test the login
**Claude Instruction:**
Find out how many logins a second it takes.

rehearse: limit 9s
rehearse: conclude "It takes **310 logins a second** on this machine; the hash is what limits it."

## Task 7: Drop the table users_old
**Type:** database
**Requires Approval:** true
**Run:**
- echo dropped

## Task 8: Back up the production database
**Claude Instruction:**
Write the backup script and run it.

rehearse: tool Bash ${JSON.stringify({ command: script(60), description: 'Back up the database and check the copy' })}
rehearse: edit backup.sh "pg_dump shop\\n"
rehearse: conclude "The backup is in backups/, 84 MB, and was restored once to check it."

## Task 9: Update the dependencies
**Depends On:** 8
**Claude Instruction:**
Update them.

rehearse: edit package-lock.json "{}\\n"
rehearse: conclude "Updated 12 packages."

## Task 10: Write the changelog
**Type:** documentation
**Claude Instruction:**
rehearse: edit CHANGELOG.md "# 1.1.0\\n"
rehearse: conclude "The changelog is written."
`

function script(lines: number): string {
  return Array.from({ length: lines }, (_, i) => `pg_dump --table part_${i + 1} shop > backups/part_${i + 1}.sql`).join(
    '\n',
  )
}
