import { columnsOf } from '../text/columns.ts'

/**
 * Loads what is otherwise loaded when it is first needed: once an agent works, the files of the program may say something else.
 * The built program keeps its code in memory instead, without running it (`scripts/build.ts`, `bin/late.cjs`).
 */
export async function loadAllCode(
  on: { gitHub: boolean; jira: boolean; pipelines: boolean; ledger: boolean },
  also?: () => Promise<unknown>,
): Promise<void> {
  const [{ plainText }] = await Promise.all([
    import('../taskfile/text/inline.ts'),
    import('../git/repository.ts'),
    import('../taskfile/write/exchange.ts'),
    import('../taskfile/parse.ts'),
    import('../taskfile/read.ts'),
    import('../taskfile/report.ts'),
    import('../sources/files/add-task.ts'),
    import('../sources/files/own-marks.ts'),
    import('../claude/ask-claude.ts'),
    import('../verify/checks.ts'),
    import('../sources/files/doubts.ts'),
    import('../artifacts/artifacts.ts'),
    import('../verify/judge-task.ts'),
    import('../verify/prove-new-tests.ts'),
    import('../artifacts/report.ts'),
    import('../sources/files/plan-files.ts'),
    import('../artifacts/retention.ts'),
    import('../daemon/commands/undo-command.ts'),
    import('../workspace/evidence/git-evidence.ts'),
    import('../workspace/finish.ts'),
    import('../workspace/in-place/commit.ts'),
    import('../workspace/worktree/project.ts'),
    import('../workspace/in-place/undo.ts'),
    import('../machines/new-offer.ts'),
    also?.(),
    ...(on.gitHub ? [import('../sources/github/open.ts'), import('../verify/pull-programs.ts')] : []),
    ...(on.ledger ? [import('../ledger/start.ts')] : []),
    ...(on.jira ? [import('../sources/jira/open.ts')] : []),
    ...(on.pipelines ? [import('../pipeline/open.ts')] : []),
  ])
  // These bring their libraries with them at their first use.
  plainText('*markup*')
  columnsOf('宽')
}
