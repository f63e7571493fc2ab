/** The `?` after a metric: opens its definition; the metric's name is in its accessible name. */
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { DEFINITIONS, type Definition } from '../strings.ts';

/** `more` is what belongs to this machine or run only, e.g. the source of a constant. */
export function Define({ term, more }: { term: Definition; more?: string }) {
  const [name, text] = DEFINITIONS[term];
  return (
    <DialogTrigger>
      <Button className="q" aria-label={`What is ${name}?`}>
        ?
      </Button>
      <Popover className="pop" placement="bottom">
        <Dialog aria-label={name} style={{ outline: 'none' }}>
          <h4>{name}</h4>
          <p>{text}</p>
          {more && <p className="t3">{more}</p>}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
