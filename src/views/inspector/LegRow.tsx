/** A step of the critical path: press it to see the PE at that cycle. */
import type { Leg } from '../../analysis/path-legs.ts';
import { peName } from '../../machine/fabric.ts';
import { StateSwatch } from '../icons.tsx';
import { REASON_NAMES, type StateName, TEXT } from '../strings.ts';
import { INSPECTOR_TEXT } from './strings.ts';

const t = INSPECTOR_TEXT.leg;

interface Props {
  readonly leg: Leg;
  readonly width: number;
  readonly onShow: (pe: number, cycle: number) => void;
}

const place = (pe: number, width: number): string => (pe < 0 ? INSPECTOR_TEXT.host : peName(pe, width));

function sentence({ work, pe, to }: Leg, width: number): string {
  if (work !== null) return t.work(REASON_NAMES[work], place(pe, width));
  return pe === to ? t.stays(place(pe, width)) : t.goes(place(pe, width), place(to, width));
}

export function LegRow({ leg, width, onShow }: Props) {
  return (
    <li>
      <button type="button" onClick={() => onShow(leg.pe < 0 ? leg.to : leg.pe, leg.begin)}>
        {leg.work ? <StateSwatch name={leg.work as StateName} /> : <span className="way" aria-hidden="true" />}
        <span>{sentence(leg, width)}</span>
        <span className="num t3">{t.from(leg.begin)}</span>
        <span className="num b5">{TEXT.cycles(leg.end - leg.begin)}</span>
      </button>
    </li>
  );
}
