/** What the original kernel file's block format makes of the weights of this run, asked of the worker when it is shown. */
import { useEffect, useState } from 'react';
import type { OriginalFormatReport, ValuedRun, WireError } from '../../store/types.ts';
import { Explain } from '../controls/Definition.tsx';
import { percent, real } from '../format.ts';
import { useActions } from '../hooks.ts';
import { DOCK_TEXT } from './strings.ts';

export function OriginalFormat({ result }: { result: ValuedRun }) {
  const { originalFormat, configure } = useActions();
  const [report, setReport] = useState<OriginalFormatReport | WireError | null>(null);
  const { config } = result;
  useEffect(() => {
    let wanted = true;
    void originalFormat(config).then((outcome) => {
      if (wanted) setReport(outcome.ok ? outcome.value : outcome.error);
    });
    return () => {
      wanted = false;
    };
  }, [config, originalFormat]);
  if (report === null) return <p className="t11 t3">{DOCK_TEXT.original.comparing}</p>;
  if ('field' in report) return <p className="t11 t3">{report.message}</p>;
  return (
    <table className="t">
      <caption>
        <span className="term">
          {DOCK_TEXT.original.caption}
          <Explain name={DOCK_TEXT.original.name} text={DOCK_TEXT.original.meaning} />
        </span>
      </caption>
      <thead>
        <tr>
          <th>{DOCK_TEXT.original.scales}</th>
          <th className="num">{DOCK_TEXT.original.misread}</th>
          <th className="num">{DOCK_TEXT.original.reencoded}</th>
          <th>
            <span className="visually-hidden">{DOCK_TEXT.original.run}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {report.kinds.map(({ as, name, misreading, reencoding }) => (
          <tr key={as}>
            <th scope="row">{name}</th>
            <td className="num">{real(misreading, 3)}</td>
            <td className="num">{percent(reencoding)}</td>
            <td>
              <button type="button" className="link" aria-label={DOCK_TEXT.original.runAs(as)} onClick={() => configure({ as })}>
                {DOCK_TEXT.original.run}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
