/** What the original kernel file's block format makes of the weights of this run, asked of the worker when it is shown. */
import { useEffect, useState } from 'react';
import type { OriginalFormatReport, RunResult, WireError } from '../../store/types.ts';
import { Explain } from '../controls/Definition.tsx';
import { percent, real } from '../format.ts';
import { useActions } from '../hooks.ts';

const MEANING =
  "The block format of the kernel file this project started from: 142 bytes with FP8 scales. Read with it, a real Q4_K file gives the wrong weights; put into it properly, the same weights lose a little. Relative RMS against ggml's weights.";

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
  if (report === null) return <p className="t11 t3">Comparing formats…</p>;
  if ('field' in report) return <p className="t11 t3">{report.message}</p>;
  return (
    <table className="t">
      <caption>
        <span className="term">
          The original file’s format, q4_k_ix
          <Explain name="q4_k_ix" text={MEANING} />
        </span>
      </caption>
      <thead>
        <tr>
          <th>scales</th>
          <th className="num">bytes misread</th>
          <th className="num">re-encoded</th>
          <th>
            <span className="visually-hidden">run</span>
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
                Run as {as}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
