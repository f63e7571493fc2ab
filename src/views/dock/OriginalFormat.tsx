/** What the original kernel file's block format makes of the weights of this run, asked of the worker when it is shown. */
import { useEffect, useState } from 'react';
import type { OriginalFormatReport, RunResult, WireError } from '../../store/types.ts';
import { Explain } from '../controls/Definition.tsx';
import { percent, real } from '../format.ts';
import { useActions } from '../hooks.ts';
import { ORIGINAL_TEXT } from './strings.ts';

export function OriginalFormat({ result }: { result: RunResult }) {
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
  if (report === null) return <p className="t11 t3">{ORIGINAL_TEXT.comparing}</p>;
  if ('field' in report) return <p className="t11 t3">{report.message}</p>;
  return (
    <table className="t">
      <caption>
        <span className="term">
          {ORIGINAL_TEXT.caption}
          <Explain name={ORIGINAL_TEXT.name} text={ORIGINAL_TEXT.meaning} />
        </span>
      </caption>
      <thead>
        <tr>
          <th>{ORIGINAL_TEXT.scales}</th>
          <th className="num">{ORIGINAL_TEXT.misread}</th>
          <th className="num">{ORIGINAL_TEXT.reencoded}</th>
          <th>
            <span className="visually-hidden">{ORIGINAL_TEXT.run}</span>
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
              <button type="button" className="link" onClick={() => configure({ as })}>
                {ORIGINAL_TEXT.runAs(as)}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
