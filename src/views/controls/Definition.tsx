/** The `?` after a metric: opens its definition; the metric's name is in its accessible name. */
import { DEFINITIONS, type Definition } from '../strings.ts';
import { Flyout } from './Flyout.tsx';
import { CONTROL_TEXT } from './strings.ts';

/** `more` is what belongs to this machine or run only, e.g. the source of a constant. */
export function Define({ term, more }: { term: Definition; more?: string }) {
  const [name, text] = DEFINITIONS[term];
  return <Explain name={name} text={text} more={more} />;
}

/** The same for what is not in the table of definitions: an option, a kernel's own number. */
export function Explain({ name, text, more }: { name: string; text: string; more?: string }) {
  return (
    <Flyout face={<span>?</span>} label={CONTROL_TEXT.whatIs(name)} className="q">
      {() => (
        <span role="status">
          <strong>{name}</strong>
          <span>{text}</span>
          {more && <span className="t3">{more}</span>}
        </span>
      )}
    </Flyout>
  );
}
