/** One link over time: what it carried, and on top of it what waited for it. Both together are the demand. */
import { area, curveStepAfter, type ScaleLinear, scaleLinear } from 'd3';
import { memo } from 'react';
import type { LinkPart } from '../../analysis/link-demand.ts';
import { percent } from '../format.ts';
import { LEFT } from './time.ts';

interface Props {
  readonly parts: readonly LinkPart[];
  readonly scale: ScaleLinear<number, number>;
  readonly top: number;
  readonly bottom: number;
}

/** Area between two heights a part; the last part is drawn to its end by a repeated point. */
function shape(parts: readonly LinkPart[], x: (cycle: number) => number, low: (p: LinkPart) => number, high: (p: LinkPart) => number): string {
  const last = parts[parts.length - 1];
  const points = last ? [...parts, { ...last, begin: last.end }] : [];
  const draw = area<LinkPart>()
    .x((p) => x(p.begin))
    .y0(low)
    .y1(high)
    .curve(curveStepAfter)
    .digits(1);
  return draw(points) ?? '';
}

export const LinkArea = memo(function LinkArea({ parts, scale, top, bottom }: Props) {
  const most = parts.reduce((max, p) => Math.max(max, p.moved + p.waited), 1);
  const y = scaleLinear([0, most], [bottom, top]);
  const [left, right] = scale.range();
  const level = (value: number, text: string) => (
    <text key={text} x={LEFT - 8} y={y(value) + 4} textAnchor="end">
      {text}
    </text>
  );
  return (
    <g>
      <rect className="well" x={left} y={top} width={right - left} height={Math.max(0, bottom - top)} />
      <path
        data-kind="moved"
        fill="var(--s-send)"
        d={shape(
          parts,
          scale,
          () => y(0),
          (p) => y(p.moved),
        )}
      />
      <path
        data-kind="waited"
        fill="var(--s-blocked)"
        d={shape(
          parts,
          scale,
          (p) => y(p.moved),
          (p) => y(p.moved + p.waited),
        )}
      />
      <line className="axis" x1={left} x2={right} y1={bottom + 0.5} y2={bottom + 0.5} />
      <line className="bound" x1={left} x2={right} y1={y(1)} y2={y(1)} />
      {level(0, '0')}
      {level(1, percent(1, 0))}
      {most > 1.25 && level(most, percent(most, 0))}
    </g>
  );
});
