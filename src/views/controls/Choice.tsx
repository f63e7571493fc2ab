/** Choosing one of a few: segments for two to four options, a native list beyond. */
import { type ReactNode, useId } from 'react';
import { Chevron } from '../icons.tsx';

interface Option<T extends string> {
  readonly id: T;
  readonly name: string;
}

/** Segments: native radio buttons, so arrows, names and groups come from the browser. */
export function Segments<T extends string>(props: { label: string; value: T; options: readonly Option<T>[]; onChange: (value: T) => void }) {
  const group = useId();
  return (
    <fieldset className="seg" aria-label={props.label}>
      {props.options.map(({ id, name }) => (
        <label key={id} className={id === props.value ? 'on' : ''}>
          <input type="radio" name={group} checked={id === props.value} onChange={() => props.onChange(id)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
  readonly ghost?: boolean;
}

export function Select({ label, value, onChange, children, ghost }: SelectProps) {
  return (
    <div className={`select${ghost ? ' ghost' : ''}`}>
      <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <Chevron />
    </div>
  );
}
