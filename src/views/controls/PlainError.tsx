/** An error with its fixes as sentences. */
import type { WireError } from '../../store/types.ts';
import { sentence } from '../format.ts';

export function PlainError({ error: { field, message, fixes } }: { error: Pick<WireError, 'field' | 'message' | 'fixes'> }) {
  return (
    <div className="error-box" role="alert">
      <strong>
        {field}: {sentence(message)}
      </strong>
      {fixes.length > 0 && (
        <ul>
          {fixes.map((fix) => (
            <li key={fix}>{sentence(fix)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
