/** Says that a newer build is there, and changes to it when asked: never by itself, for the run on screen would be gone. */
import { useState } from 'react';
import { useStore } from 'zustand';
import { update } from './offline.ts';
import { APP_TEXT } from './strings.ts';

export function UpdateNotice() {
  const take = useStore(update, (s) => s.take);
  const [later, setLater] = useState(false);
  if (take === null || later) return null;
  return (
    <div className="page-notice" role="status">
      {APP_TEXT.update.here}
      <button type="button" className="btn o s" onClick={take}>
        {APP_TEXT.update.take}
      </button>
      <button type="button" className="btn s" onClick={() => setLater(true)}>
        {APP_TEXT.update.later}
      </button>
    </div>
  );
}
