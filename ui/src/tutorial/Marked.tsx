import { Tooltip } from '@mantine/core';
import { type Mark, markNames, partsOf, type Values } from './logic/marks';
import { templateParts } from './logic/webhook';

/** A text with the values that are followed in their colours. */
export function Marked({ text, values }: { text: string; values: Values }) {
  return (
    <>
      {partsOf(text, values).map((part, i) =>
        part.mark ? (
          <span key={i} data-mark={part.mark} title={markNames[part.mark]}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </>
  );
}

/** A block of code with marks. */
export function MarkedCode({ text, values, label }: { text: string; values: Values; label: string }) {
  return (
    <pre className="wd-code" aria-label={label}>
      <Marked text={text} values={values} />
    </pre>
  );
}

/** JSON with template variables; each tells what it became, and is shown in that value's colour. */
export function TemplateCode({ text, values, label }: { text: string; values: Values; label: string }) {
  return (
    <pre className="wd-code" aria-label={label}>
      {templateParts(text).map((part, i) => (part.variable ? <Variable key={i} text={part.text} mark={part.variable} value={values[part.variable]} /> : part.text))}
    </pre>
  );
}

function Variable({ text, mark, value }: { text: string; mark: Mark; value: string | undefined }) {
  return (
    <Tooltip label={value === undefined ? `${markNames[mark]}; no event came yet` : `became ${value}`} multiline maw={420} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className="wd-variable" data-mark={mark} aria-label={`${text} ${value === undefined ? '' : `became ${value}`}`}>
        {text}
      </button>
    </Tooltip>
  );
}
