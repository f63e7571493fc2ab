/** How far something is: `done` of `of`, in any unit. */
export function ProgressBar({ label, done, of }: { readonly label: string; readonly done: number; readonly of: number }) {
  return (
    <div className="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={of} aria-valuenow={Math.round(done)}>
      <i style={{ width: `${(100 * done) / Math.max(1, of)}%` }} />
    </div>
  );
}
