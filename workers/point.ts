/** A worker of a sweep: computes one point after the other. */
import { expose } from 'comlink';
import { createPointWorker } from '../src/api/point-worker.ts';

expose(createPointWorker());
