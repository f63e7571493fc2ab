/** A step of the critical path: press it to see the PE at that cycle. */
import type { Leg } from '../../analysis/path-legs.ts';
import { peName } from '../../machine/fabric.ts';
import { count, grouped } from '../format.ts';
import { StateSwatch } from '../icons.tsx';
import { REASON_NAMES, type StateName } from '../strings.ts';

interface Props {
  readonly leg: Leg;
  readonly width: number;
  readonly onShow: (pe: number, cycle: number) => void;
}

const place = (pe: number, width: number): string => (pe < 0 ? 'the host' : peName(pe, width));

function sentence({ work, pe, to }: Leg, width: number): string {
  if (work !== null) return `${REASON_NAMES[work]} at ${place(pe, width)}`;
  return pe === to ? `On the way at ${place(pe, width)}` : `On the way from ${place(pe, width)} to ${place(to, width)}`;
}

export function LegRow({ leg, width, onShow }: Props) {
  return (
    <li>
      <button type="button" onClick={() => onShow(leg.pe < 0 ? leg.to : leg.pe, leg.begin)}>
        {leg.work ? <StateSwatch name={leg.work as StateName} /> : <span className="way" aria-hidden="true" />}
        <span>{sentence(leg, width)}</span>
        <span className="num t3">from {grouped(leg.begin)}</span>
        <span className="num b5">{count(leg.end - leg.begin, 'cycle')}</span>
      </button>
    </li>
  );
}
