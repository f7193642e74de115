import { type FieldName, fieldAt } from '../fields/fields.ts'
import { LineKind } from '../text/blocks.ts'
import { lineStart, lineText } from '../text/lines.ts'
import type { FileFrame } from './frame.ts'
import type { Section } from './sections.ts'

/** Checks that a task says what should be done, once, and that nothing that protects it has slipped into the text. */
export function checkWork(frame: FileFrame, section: Section, instruction: string): void {
  const { report } = frame
  const field = section.fields().at(-1)
  const name = section.number === undefined ? 'This task' : `Task ${section.number}`
  const ran = section.fields().find(({ known }) => known === 'Run')
  const deployed = section.fields().find(({ known }) => known === 'Deploy')
  const beside = section.fields().find(({ known }) => known !== undefined && NOT_BESIDE_DEPLOY.has(known))
  if (deployed && beside)
    report.error(
      beside.nameAt,
      `${name} has both Deploy and ${beside.known}`,
      'Write how to deploy and check it under `environments` in config.yaml; make other work a separate task.',
    )
  if (field?.known !== 'Claude Instruction') {
    if (!ran && !deployed)
      report.error(section.textAt, `${name} has no Claude Instruction`, missingHint(frame, section))
    return
  }
  if (ran) report.error(ran.nameAt, `${name} has both Run and Claude Instruction`, 'Keep one of them.')
  if (instruction === '') {
    report.error(
      field.nameAt,
      `The Claude Instruction of ${name.replace('This', 'this')} is empty`,
      'Write below it what Claude should do.',
    )
  }
  warnOfSlipped(frame, section, field.line)
}

function missingHint({ lines }: FileFrame, section: Section): string {
  for (let line = section.body; line < section.end; line++) {
    if (/^\s{0,3}(?:[-+*]|#{1,6})\s+\W*claude instruction/i.test(lineText(lines, line).slice(0, 80))) {
      return `On line ${line + 1}, write it as **Claude Instruction:** at the beginning of the line, without bullet or #.`
    }
  }
  return 'Add a line **Claude Instruction:** and, below it, what Claude should do.'
}

/** What is deployed must be exactly what was built and tested before. */
const NOT_BESIDE_DEPLOY: ReadonlySet<string> = new Set(['Run', 'Verify', 'Claude Instruction', 'Verify First'])

/** Fields whose silent loss would let a task run too early, unasked or unproved. */
const protecting: ReadonlySet<FieldName> = new Set(['Requires Approval', 'Depends On', 'Verify'])

function warnOfSlipped({ lines, kinds, report }: FileFrame, section: Section, from: number): void {
  const present = new Set(section.fields().map(({ known }) => known))
  for (let line = from + 1; line < section.end; line++) {
    if (kinds[line] !== LineKind.text) continue
    const text = lineText(lines, line)
    const known = text.startsWith('**') ? fieldAt(text)?.known : undefined
    if (known && protecting.has(known) && !present.has(known)) {
      const hint =
        'Everything below Claude Instruction goes to Claude as it is. Move the line above it to make it a field.'
      report.warning(lineStart(lines, line), `${known} is inside the instruction and has no effect`, hint)
    }
  }
}
