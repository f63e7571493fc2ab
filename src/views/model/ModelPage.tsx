/** Whole models and the machine they run on: what is taken to be true, and where it comes from. */
import { useEffect } from 'react';
import { PageTop } from '../topbar/PageTop.tsx';
import './model.css';
import { MachineTab } from './MachineTab.tsx';

export default function ModelPage() {
  useEffect(() => {
    document.title = 'Model · Weft';
  }, []);
  return (
    <div className="page">
      <PageTop />
      <main className="page-body">
        <MachineTab />
      </main>
    </div>
  );
}
