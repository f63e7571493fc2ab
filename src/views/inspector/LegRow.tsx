/** A step of the critical path: press it to see the PE at that cycle. */
import type { Leg } from '../../analysis/path-legs.ts';
import { StateSwatch } from '../icons.tsx';
import { type StateName, TEXT } from '../strings.ts';
import { legWords } from './moment.ts';
import { INSPECTOR_TEXT } from './strings.ts';

interface Props {
  readonly leg: Leg;
  readonly width: number;
  readonly onShow: (pe: number, cycle: number) => void;
}

export function LegRow({ leg, width, onShow }: Props) {
  return (
    <li>
      <button type="button" onClick={() => onShow(leg.pe < 0 ? leg.to : leg.pe, leg.begin)}>
        {leg.work ? <StateSwatch name={leg.work as StateName} /> : <span className="way" aria-hidden="true" />}
        <span>{legWords(leg, width)}</span>
        <span className="num t3">{INSPECTOR_TEXT.leg.from(leg.begin)}</span>
        <span className="num b5">{TEXT.cycles(leg.end - leg.begin)}</span>
      </button>
    </li>
  );
}
