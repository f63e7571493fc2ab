/** A number field: grouped digits, commit on Enter or leaving, arrows step, what is refused says which values are valid. */
import { type KeyboardEvent, useId, useState } from 'react';
import { grouped, parseNumber } from '../format.ts';
import { CONTROL_TEXT } from './strings.ts';

interface Props {
  readonly label: string;
  /** null is empty: the placeholder stands for it. */
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly unit?: string;
  readonly prefix?: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** Given, an emptied field commits null. */
  readonly clearable?: boolean;
  readonly onCommit: (value: number | null) => void;
}

/** Why `value` is refused, in a sentence that names valid values; null when it is not. */
export function refusal(value: number, { label, min, max, step = 1 }: Pick<Props, 'label' | 'min' | 'max' | 'step'>): string | null {
  if (!Number.isFinite(value) || !Number.isInteger(value)) return CONTROL_TEXT.notWhole(label);
  if (value < min || value > max) return CONTROL_TEXT.notBetween(label, min, max);
  if (value % step === 0) return null;
  const below = Math.floor(value / step) * step;
  return CONTROL_TEXT.notMultiple(label, step, below >= min ? [below, below + step] : [below + step]);
}

export function NumberInput(props: Props) {
  const { label, value, min, max, step = 1, unit, prefix, placeholder, disabled, clearable, onCommit } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const errorId = useId();
  const shown = draft ?? (value === null ? '' : grouped(value));

  const commit = (): void => {
    if (draft === null) return;
    const empty = draft.trim() === '';
    if (empty && clearable) onCommit(null);
    const problem = empty ? (clearable ? null : CONTROL_TEXT.notWhole(label)) : refusal(parseNumber(draft), props);
    setError(problem);
    if (problem !== null) return;
    if (!empty) onCommit(parseNumber(draft));
    setDraft(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') commit();
    if (event.key === 'Escape') {
      setDraft(null);
      setError(null);
    }
    const by = event.key === 'ArrowUp' ? step : event.key === 'ArrowDown' ? -step : 0;
    if (by === 0 || disabled) return;
    event.preventDefault();
    setDraft(null);
    setError(null);
    onCommit(Math.min(max, Math.max(min, (value ?? (Number(placeholder) || min)) + by)));
  };
  return (
    <div>
      <div className={`inp${error ? ' invalid' : ''}${disabled ? ' fixed' : ''}`}>
        {prefix && (
          <span className="u" aria-hidden="true">
            {prefix}
          </span>
        )}
        <input
          inputMode="numeric"
          autoComplete="off"
          aria-label={label}
          aria-invalid={error !== null}
          aria-describedby={error ? errorId : undefined}
          value={shown}
          placeholder={placeholder}
          readOnly={disabled}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={commit}
          onKeyDown={onKeyDown}
        />
        {unit && <span className="u">{unit}</span>}
      </div>
      {error && (
        <p className="field-error" id={errorId}>
          {error}
        </p>
      )}
    </div>
  );
}
