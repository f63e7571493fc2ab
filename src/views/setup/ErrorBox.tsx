/** An error of the setup or the run: what, by how much, and buttons for the fixes that can be applied here. */
import { useEffect, useRef } from 'react';
import type { KernelSummary, RunConfig, WireError } from '../../store/types.ts';
import { sentence } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { fixFor } from './fixes.ts';
import { ERROR_PATTERNS } from './strings.ts';

/** Faults of a file name their field by place; then the field says what lies there. */
const messageOf = ({ field, message }: WireError): string => (ERROR_PATTERNS.place.test(message) ? `${field}, ${message}` : sentence(message));

/** What is wrong, and after a colon by how much and why. */
function Message({ text }: { text: string }) {
  const colon = text.indexOf(': ') + 1;
  return colon === 0 ? (
    <strong>{text}</strong>
  ) : (
    <>
      <strong>{text.slice(0, colon)}</strong>
      {text.slice(colon)}
    </>
  );
}

/** What would mend an error of the Lab's setup. */
export function Fixes({ fixes }: { fixes: readonly string[] }) {
  const { configure } = useActions();
  const config = useLab((s) => s.config);
  const kernels = useLab((s) => s.kernels);
  return <FixList fixes={fixes} config={config} kernels={kernels} configure={configure} />;
}

interface FixProps {
  readonly fixes: readonly string[];
  readonly config: RunConfig;
  readonly kernels: readonly KernelSummary[];
  readonly configure: (patch: Partial<RunConfig>) => void;
}

/** What would mend an error: sentences, and buttons for what can be done here. */
export function FixList({ fixes: texts, config, kernels, configure }: FixProps) {
  const fixes = texts.map((text) => ({ text, patch: fixFor(text, config, kernels) }));
  const buttons = fixes.filter((f): f is { text: string; patch: Partial<RunConfig> } => f.patch !== null);
  const words = fixes.filter((f) => f.patch === null);
  return (
    <>
      {words.length > 0 && (
        <ul>
          {words.map(({ text }) => (
            <li key={text}>{sentence(text)}</li>
          ))}
        </ul>
      )}
      {buttons.length > 0 && (
        <div className="fixes">
          {buttons.map(({ text, patch }) => (
            <button key={text} type="button" className="btn o s" onClick={() => configure(patch)}>
              {sentence(text)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** `reveal` scrolls to an error that answers something done elsewhere, such as a file dropped. */
export function ErrorBox({ error, kept, reveal = false }: { error: WireError; kept?: string; reveal?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new error is shown
  useEffect(() => {
    if (reveal) box.current?.scrollIntoView({ block: 'nearest' });
  }, [error, reveal]);
  return (
    <div className="error-box" role="alert" ref={box}>
      <Message text={messageOf(error)} /> {kept && <span>{kept}</span>}
      <Fixes fixes={error.fixes} />
    </div>
  );
}
